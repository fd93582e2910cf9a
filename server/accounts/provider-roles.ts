// Which role a provider's claims give: by a list of claims, values and roles, of which the first that fits counts.

import { JURISDICTION_CODE, ROLES, type Role } from '../access/contract.ts';

export type ProviderRole = {
  readonly claim: string;
  readonly value: string;
  readonly role: Role;
  /** Codes of jurisdictions; null = all there are. */
  readonly jurisdictions: readonly string[] | null;
};

/** `CLAIM:VALUE=ROLE`, `CLAIM:VALUE=ROLE@J+J`; a claim may be named by an address. */
const SHAPE = /^([\w.:/-]{1,100}):([^=:]{1,200})=(\w{1,20})(?:@([a-z0-9+-]{1,400}))?$/;

/** Null for what is none. */
export function providerRoleIn(text: string): ProviderRole | null {
  const [, claim, value, named, codes] = SHAPE.exec(text.trim()) ?? [];
  const role = ROLES.find((each) => each === named && each !== 'public');
  const jurisdictions = codes?.split('+') ?? null;
  if (!claim || !value || !role || jurisdictions?.some((code) => !JURISDICTION_CODE.test(code))) return null;
  return { claim, value, role, jurisdictions };
}

/** A claim holds one value or a list of them; null where none of the list fits: nobody is let in by default. */
export function roleOfClaims(
  roles: readonly ProviderRole[],
  claims: Readonly<Record<string, unknown>>,
): ProviderRole | null {
  const holds = ({ claim, value }: ProviderRole) => {
    const told = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
    return Array.isArray(told) ? told.includes(value) : told === value;
  };
  return roles.find(holds) ?? null;
}

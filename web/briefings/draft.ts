// A part as somebody writes it: it was taken of one version, and is sent as a change of that one, whatever others wrote since.

import {
  type BriefingAnswer,
  type BriefingBlock,
  type BriefingBody,
  type BriefingPatch,
  partsInOrder,
} from '../../server/briefings/contract.ts';

export type Draft = { readonly name: string; readonly block: BriefingBlock; readonly version: number };

/** Null where there is no such part. */
export function draftOf({ body, version }: Pick<BriefingAnswer, 'body' | 'version'>, name: string): Draft | null {
  const block = body.blocks[name];
  return block ? { name, block, version } : null;
}

/** Of the version that was seen when the writing began: the page may show a later one by now. */
export const patchOf = ({ name, version }: Draft, block: BriefingBlock): BriefingPatch => ({
  version,
  changes: { blocks: { [name]: block } },
});

/** What is still being written once these changes are kept. */
export const draftAfter = (draft: Draft | null, { blocks = {} }: BriefingPatch['changes']): Draft | null =>
  draft && Object.hasOwn(blocks, draft.name) ? null : draft;

/** A part that others took out stands where it stood as long as somebody writes on it. */
export const partsWith = (blocks: BriefingBody['blocks'], draft: Draft | null) =>
  partsInOrder(draft ? { [draft.name]: draft.block, ...blocks } : blocks);

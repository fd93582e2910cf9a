// The types of the bitstrings of status lists, as far as the tests use them: the package brings none.

declare module '@digitalbazaar/bitstring' {
  export class Bitstring {
    static decodeBits(asked: { readonly encoded: string }): Promise<Uint8Array>;
    constructor(of: { readonly buffer: Uint8Array });
    readonly length: number;
    get(position: number): boolean;
  }
}

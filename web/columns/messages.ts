// What the page and its thread of columns tell each other.

export type ToWorker =
  | {
      readonly id: number;
      /** To which the offences are added that have none above them. */
      readonly columns: string;
      readonly places: string;
      readonly offences: string;
      readonly themes: string;
      /** What its requests say beside. */
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly id: number; readonly paths: readonly string[] };
/** To each of several paths its answer, null = ask the server; after opening, the data version held. */
export type FromWorker =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: string };

/** How an error begins that may be none the next time: the server is busy or starting, the data changed in between. */
export const PASSES = 'for now: ';

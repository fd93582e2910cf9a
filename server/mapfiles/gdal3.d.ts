// The part of gdal3.js that is used here; the package types its browser build only.
declare module 'gdal3.js/node.js' {
  type Dataset = { readonly info?: { readonly driverShortName?: string; readonly layers?: readonly unknown[] } };
  type Gdal = {
    open(
      path: string,
      openOptions?: readonly string[],
    ): Promise<{ readonly datasets: readonly Dataset[]; readonly errors: readonly unknown[] }>;
    ogr2ogr(dataset: Dataset, options: readonly string[], outputName: string): Promise<{ readonly local: string }>;
  };
  const init: (options: {
    readonly useWorker: false;
    readonly env?: Readonly<Record<string, string>>;
  }) => Promise<Gdal>;
  export default init;
}

// Command lines to be copied from the screen and run: quoted so that a shell hands on every word as it is.

const PLAIN = /^[\p{L}\p{N}_@+:,./-][\p{L}\p{N}_@+=:,./-]*$/u;

/** One word for a POSIX shell, or for that of Windows, where backslashes before a quote count double. */
export function shellWord(word: string, platform: NodeJS.Platform = process.platform): string {
  if (PLAIN.test(word)) return word;
  if (platform === 'win32') return `"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&')}"`;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

export function commandLine(words: readonly string[], platform: NodeJS.Platform = process.platform): string {
  return `npm run cuadra -- ${words.map((word) => shellWord(word, platform)).join(' ')}`;
}

/** The same command with options in the place of those of these names. */
export function withOptions(argv: readonly string[], options: readonly (readonly [name: string, value?: string])[]) {
  const names = new Set(options.map(([name]) => name).filter((name) => name !== '--map'));
  const flags = new Set(options.filter(([, value]) => value === undefined).map(([name]) => name));
  const kept: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (names.has(word.split('=')[0]!)) {
      if (!word.includes('=') && !flags.has(word)) i++;
    } else kept.push(word);
  }
  return [...kept, ...options.flatMap(([name, value]) => (value === undefined ? [name] : [name, value]))];
}

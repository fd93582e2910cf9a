// Which program this is: the same on every server that runs the same sources, another after any change of them. Answers are
// named by it, so that none of an earlier program is taken for one of this.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
/** What answers depend on beside the data; the lock file stands for the libraries. */
const PARTS = ['package.json', 'package-lock.json', 'server', 'geodata', 'sql'];

/** Hexadecimal; over the names and contents of these files and of all in these folders, wherever `root` lies. */
export function sha256OfFiles(root: string, parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const path = join(root, part);
    if (!existsSync(path)) continue;
    const names = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => `${part}/${name.replaceAll('\\', '/')}`)
      : [part];
    for (const name of names.sort()) {
      if (!statSync(join(root, name)).isFile()) continue;
      const content = createHash('sha256')
        .update(readFileSync(join(root, name)))
        .digest('hex');
      hash.update(`${name}\0${content}\0`);
    }
  }
  return hash.digest('hex');
}

const PROGRAM = sha256OfFiles(ROOT, PARTS);

/** A name for what is answered, by all it depends on beside the program. For every ETag there is. */
export function nameOfAnswer(dependsOn: readonly unknown[], program = PROGRAM): string {
  return createHash('sha256')
    .update(JSON.stringify([program, ...dependsOn]))
    .digest('base64url')
    .slice(0, 27);
}

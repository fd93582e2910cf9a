// `npm test`: installs what Debian lacks, builds the page if needed, runs every suite and ends with one plain line.
// `npm test -- NAME …` runs only the named suites; `--check` runs `npm run check` beside them and counts it as one test.
// Two suites more than there are processors run at a time, four at most, the longest first, so that they end together: each
// waits for servers, browsers and deaths half of its time. Tests wait for what is to come as long as a busy machine takes.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type Need, SUITES, type Suite } from './support/suites.ts';

const ROOT = join(import.meta.dirname, '..');
const inCi = process.env.CI === 'true' || process.env.CI === '1';

/** More would make tests wait for each other, and run into deadlines that are no fault. */
const MOST_LANES = 4;

/** `again`: tests that passed at their second try, which are faults of the test or of the program that nobody caught. */
type Tally = { passed: number; failed: number; skipped: number; failures: string[]; again: string[] };

const words = process.argv.slice(2);
const named = words.filter((word) => !word.startsWith('-'));
const unknown = named.filter((name) => !SUITES.some(({ project }) => project === name));
if (unknown.length) {
  console.error(`no suite ${unknown.join(', ')}; there are ${SUITES.map(({ project }) => project).join(', ')}`);
  process.exit(1);
}
const wanted = SUITES.filter(({ project }) => named.length === 0 || named.includes(project));

const total: Tally = { passed: 0, failed: 0, skipped: 0, failures: [], again: [] };
const missing = installMissing([...new Set(wanted.flatMap(({ needs }) => needs))]);
if (!buildPageIfNeeded()) count(total, failure('npm run build'));
const isLeftOut = ({ needs }: Suite) => needs.some((need) => missing.includes(need));
const leftOut = wanted.filter(isLeftOut);
const running = wanted.filter((suite) => !isLeftOut(suite));
const waiting = running.map((suite) => () => runSuite(suite));
// Last: whatever is wrong is told at the end, and by then there is room beside a long suite.
if (words.includes('--check')) waiting.push(runCheck);
const lane = async () => {
  for (let work = waiting.shift(); work; work = waiting.shift()) count(total, await work());
};
await Promise.all(Array.from({ length: Math.min(MOST_LANES, availableParallelism() + 2) }, lane));
for (const suite of leftOut) {
  const needs = suite.needs.filter((need) => missing.includes(need)).map(({ name }) => name);
  console.log(`left out: ${suite.project}, which needs ${needs.join(' and ')}`);
}
if (inCi && leftOut.length) {
  console.log('CI=true: a suite left out is a failure');
  for (const project of new Set(leftOut.map((suite) => suite.project))) count(total, failure(`${project}: left out`));
}
if (total.again.length) console.log(`passed at the second try:\n${total.again.map((name) => `  ${name}`).join('\n')}`);
if (total.failures.length) console.log(`failed:\n${total.failures.map((name) => `  ${name}`).join('\n')}`);
const skipped = total.skipped ? `, ${total.skipped} skipped` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed || total.passed === 0 ? 1 : 0;

/** Installs by apt-get on Debian as root, else says what to install; answers what is still missing. */
function installMissing(needs: readonly Need[]): readonly Need[] {
  const absent = needs.filter((need) => !need.present());
  if (absent.length === 0) return [];
  const packages = absent.flatMap(({ debianPackages }) => debianPackages);
  if (isDebian() && process.getuid?.() === 0) {
    console.log(`missing: ${absent.map(({ name }) => name).join(', ')}; installing ${packages.join(' ')} by apt-get`);
    const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
    run('apt-get', ['update', '-q'], quiet);
    run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], quiet);
  }
  const still = absent.filter((need) => !need.present());
  for (const { name, advice } of still) console.log(`missing: ${name}. To install it: ${advice}`);
  return still;
}

function isDebian(): boolean {
  return existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** The page stands in dist/ since `npm ci`; it is built again when a source of it is newer. */
function buildPageIfNeeded(): boolean {
  const page = join(ROOT, 'dist/index.html');
  const built = existsSync(page) ? statSync(page).mtimeMs : 0;
  const sources = [...filesIn('web'), ...filesIn('server').filter((path) => /contract\.ts$|i18n/.test(path))];
  if (built && sources.every((path) => statSync(path).mtimeMs <= built)) return true;
  console.log(built ? 'the page is older than its sources: building it' : 'building the page');
  return run('npm', ['run', 'build']);
}

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

async function runCheck(): Promise<Tally> {
  console.log('— check begins');
  const { ok, output } = await runAside(process.execPath, [join(import.meta.dirname, 'check.ts')]);
  console.log(`\n— check\n${output}`);
  return ok ? one('passed') : failure('npm run check');
}

/** Runs one suite in a Vitest of its own; what fails outside a test (a file that cannot load) counts as one failure. */
async function runSuite({ project, shard }: Suite): Promise<Tally> {
  const name = shard ? `${project} ${shard}` : project;
  const dir = mkdtempSync(join(tmpdir(), 'cuadra-report-'));
  const report = join(dir, 'report.json');
  console.log(`— ${name} begins`);
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const config = join(import.meta.dirname, 'vitest.config.ts');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const part = shard ? [`--shard=${shard}`] : [];
  const args = [vitest, 'run', '--config', config, '--project', project, ...part, ...reporters];
  const { ok, output } = await runAside(process.execPath, args);
  console.log(`\n— ${name}\n${output}`);
  const tally = existsSync(report) ? readReport(report, project) : failure(`${name}: no report`);
  if (!ok && tally.failed === 0) count(tally, failure(`${name}: an error outside the tests\n${outside(output)}`));
  rmSync(dir, { recursive: true, force: true });
  return tally;
}

function readReport(path: string, project: string): Tally {
  type Assertion = { status: string; fullName: string; failureMessages?: string[] };
  type Report = {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numTodoTests: number;
    testResults: { name: string; status: string; message?: string; assertionResults: Assertion[] }[];
  };
  const report = JSON.parse(readFileSync(path, 'utf8')) as Report;
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  const failures = [
    ...brokenFiles.map(({ name, message }) => told(`${project} ${relative(ROOT, name)}`, message)),
    ...report.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === 'failed')
        .map(({ fullName, failureMessages }) =>
          told(`${project} ${relative(ROOT, name)}: ${fullName}`, failureMessages?.[0]),
        ),
    ),
  ];
  const again = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status, failureMessages }) => status === 'passed' && failureMessages?.length)
      .map(({ fullName, failureMessages }) =>
        told(`${project} ${relative(ROOT, name)}: ${fullName}`, failureMessages![0]),
      ),
  );
  return {
    failures,
    again,
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function run(command: string, args: readonly string[], environment: Record<string, string> = {}): boolean {
  const { status, error } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (error) console.error(`${command}: ${error.message}`);
  return status === 0;
}

/** Runs a command beside others; what it printed is answered whole, so that two suites do not talk across each other. */
function runAside(command: string, args: readonly string[]): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    const pieces: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    child.stderr.on('data', (piece: Buffer) => pieces.push(piece));
    child.once('error', (error) => pieces.push(Buffer.from(`${command}: ${error.message}\n`)));
    child.once('close', (status) => resolve({ ok: status === 0, output: Buffer.concat(pieces).toString('utf8') }));
  });
}

/** What Vitest printed of errors that belong to no test: thrown late, or while the suite was begun or ended. */
function outside(output: string): string {
  const lines = stripVTControlCharacters(output).split('\n');
  const begins = lines.findIndex((line) => /Unhandled Errors?|^error during|Startup Error/.test(line));
  const shown = begins < 0 ? lines.slice(-20) : lines.slice(begins, begins + 40);
  return shown.map((line) => `    ${line.slice(0, 600)}`).join('\n');
}

/** The end of a long log is what somebody sees first: what failed and its first lines stand there again. */
function told(name: string, message = ''): string {
  const lines = message.split('\n').filter((line) => line.trim());
  return [name, ...lines.slice(0, 6).map((line) => `    ${line.slice(0, 300)}`)].join('\n');
}

function one(outcome: 'passed' | 'failed'): Tally {
  return { passed: 0, failed: 0, skipped: 0, failures: [], again: [], [outcome]: 1 };
}

function failure(name: string): Tally {
  return { ...one('failed'), failures: [name] };
}

function count(into: Tally, more: Tally): void {
  into.passed += more.passed;
  into.failed += more.failed;
  into.skipped += more.skipped;
  into.failures.push(...more.failures);
  into.again.push(...more.again);
}

/**
 * Runs a TypeScript file of this repository on the Node it pins, from a fresh clone: installs node_modules where it is missing or doesn't match
 * the lock file, then hands over. Plain JavaScript that needs nothing but the system's Node (18 or newer) and npm.
 *
 * node test/run/bootstrap.mjs [FILE.ts [ARGUMENT...]]      without a file it only installs
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cache-folder.mjs';
import { lockInstallation } from './install-lock.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const modules = join(root, 'node_modules');
const node = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** Says why node_modules has to be installed; undefined where it is as the lock file wants it. */
function whyInstall() {
  if (!existsSync(modules)) return 'node_modules is missing';
  const installed = readPackages(join(modules, '.package-lock.json'));
  if (installed === undefined) return 'the last installation was not completed';
  const wanted = readPackages(join(root, 'package-lock.json')) ?? {};
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || (entry.optional && !installed[path])) continue;
    if (installed[path]?.version !== entry.version) return `${path} differs from package-lock.json`;
  }
  return existsSync(node) ? undefined : 'the pinned Node is missing';
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw new Error(`${file} can't be read`, { cause: error });
  }
}

async function installAlone() {
  let waits = 0;
  const onWait = () => {
    // Called every half second.
    if (waits++ % 20 === 0) console.error('[install] waiting for another process that installs here');
  };
  const unlock = await lockInstallation(root, onWait).catch(({ message }) =>
    fail(`${message}: the folder ${cacheFolder()} is needed; XDG_CACHE_HOME moves it.`),
  );
  process.once('exit', unlock);
  const reason = whyInstall();
  const signal = reason && (await install(reason));
  unlock();
  if (signal) endBy(signal);
}

/** Resolves to the signal that ended it, if one did. */
async function install(reason) {
  const started = Date.now();
  const say = (text) => console.error(`[install ${Math.round((Date.now() - started) / 1000)}s] ${text}`);
  say(`${reason}: running npm ci (some 290 MB in node_modules, usually under a minute)`);
  const progress = setInterval(() => say('npm ci is still at work'), 10_000);
  // The engine warnings concern the system's Node, on which nothing but npm runs.
  const words = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--cache', join(cacheFolder(), 'npm')];
  // npm says where it is when it runs this script; the one on the PATH may be another.
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const [command, ...first] = npm;
  try {
    // Asked to end, npm would first finish what it has begun, for up to a minute; the next installation starts afresh.
    const end = await run(command, [...first, ...words], { stdio: ['ignore', 2, 2] }, 2_000);
    const signal = end.asked ?? end.signal;
    if (signal) return signal;
    if (end.code !== 0)
      fail(`npm ci ended with ${end.code}; npm's own words are above. The registry must be reachable once.`);
  } catch (error) {
    fail(`npm can't be started (${error.message}). It comes with Node: install Node 18 or newer together with npm.`);
  } finally {
    clearInterval(progress);
  }
  if (!existsSync(node)) {
    fail(
      `npm ci ran, but ${node} is missing: install scripts seem to be switched off (npm config get ignore-scripts).`,
    );
  }
  say('done');
}

/**
 * Runs a command to its end, passing on the signals that reach this process.
 *
 * @param patience milliseconds after a signal until the command is killed, where it must not take its time
 * @returns how it ended: code, signal, and the signal that asked for it, if one did
 */
function run(command, words, options, patience = Number.POSITIVE_INFINITY) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { cwd: root, ...options });
    let asked;
    let impatience;
    const forward = (signal) => {
      asked = signal;
      if (patience < Number.POSITIVE_INFINITY) impatience ??= setTimeout(() => child.kill('SIGKILL'), patience);
      // A terminal's Ctrl-C reaches the whole process group: the child has it already.
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    // npm that is killed outright passes no signal on.
    const parent = process.ppid;
    const watch = setInterval(() => process.ppid !== parent && forward('SIGTERM'), 1_000);
    if (!process.env.npm_execpath) clearInterval(watch);
    const settle = (finish) => (value, signal) => {
      clearInterval(watch);
      clearTimeout(impatience);
      for (const name of signals) process.off(name, forward);
      finish(signal === undefined ? value : { code: value, signal, asked });
    };
    child.once('error', settle(reject));
    child.once('exit', settle(resolve));
  });
}

/** Dying of the same signal tells the caller's shell the truth. */
function endBy(signal) {
  process.kill(process.pid, signal);
  process.exit(1);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

if (whyInstall()) await installAlone();
const [file, ...words] = process.argv.slice(2);
if (file) {
  const PATH = [join(modules, '.bin'), process.env.PATH].join(delimiter);
  const end = await run(node, [join(root, file), ...words], { stdio: 'inherit', env: { ...process.env, PATH } });
  if (end.signal) endBy(end.signal);
  process.exitCode = end.code;
}

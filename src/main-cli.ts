#!/usr/bin/env node
/**
 * The entry point of the npm package: the commands for people and pipelines, without the operator, which is a container's.
 */
import { commands } from './cli/commands.ts';
import { startCommandLine } from './start.ts';

// Not by a top-level await: the bundle is CommonJS, which loads Node's own modules only where they are needed.
void startCommandLine(commands, (code) => process.exit(code)).then((code) => {
  process.exitCode = code;
});

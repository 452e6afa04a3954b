/**
 * Environment variables that hold for a while: envtest-js is told some things by no other way.
 */
let settled: Promise<unknown> = Promise.resolve();

/** Runs `work` with these variables set, and restores them. One piece of work at a time has them. */
export function withVariables<T>(variables: NodeJS.ProcessEnv, work: () => Promise<T>): Promise<T> {
  const result = settled.then(async () => {
    const before = { ...process.env };
    Object.assign(process.env, variables);
    try {
      return await work();
    } finally {
      for (const name of Object.keys(variables)) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
  });
  settled = result.catch(() => {});
  return result;
}

/**
 * Counts for the last line of a run, and a sign of life while a long test file says nothing.
 */
import type { Reporter, TestModule } from 'vitest/node';
import { missingFor } from './needs-mark.ts';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** What skipped suites were missing, and how many tests each lack cost. */
  readonly missing: Map<string, number>;
}

/** Every test once. A file that can't be loaded, a hook that fails and an error outside every test count as one failure each. */
export class Report implements Reporter {
  readonly counts: Counts = { passed: 0, failed: 0, skipped: 0, missing: new Map() };
  readonly #running = new Map<string, number>();
  #ticker: NodeJS.Timeout | undefined;

  onTestRunStart(): void {
    this.#ticker = setInterval(() => this.#tellWhatRuns(), 10_000);
    this.#ticker.unref();
  }

  onTestModuleStart(module: TestModule): void {
    this.#running.set(module.relativeModuleId, Date.now());
  }

  onTestModuleEnd(module: TestModule): void {
    this.#running.delete(module.relativeModuleId);
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    clearInterval(this.#ticker);
    this.counts.failed += errors.length;
    for (const module of modules) this.#count(module);
  }

  #count(module: TestModule): void {
    let failed = 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') this.counts.passed++;
      else if (state === 'failed') failed++;
      else this.#countSkipped(test.fullName);
    }
    for (const suite of module.children.allSuites()) failed += suite.errors().length;
    this.counts.failed += failed + module.errors().length;
  }

  #countSkipped(name: string): void {
    this.counts.skipped++;
    const lack = missingFor(name);
    if (lack) this.counts.missing.set(lack, (this.counts.missing.get(lack) ?? 0) + 1);
  }

  #tellWhatRuns(): void {
    for (const [file, started] of this.#running) {
      const seconds = Math.round((Date.now() - started) / 1000);
      if (seconds >= 10) console.log(` … ${file} has been running for ${seconds}s`);
    }
  }
}

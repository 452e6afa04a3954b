import { expect, it } from 'vitest';
import { createShow } from './show.ts';
import type { Stage } from './stage.ts';
import { runSteps, type Step } from './step.ts';

const stage = {} as Stage;
const quiet = () =>
  createShow(
    () => {},
    (_style, text) => text,
    '/',
  );

function step(title: string, run: () => Promise<void>): Step {
  return { title, about: '', run };
}

it('a step that fails breaks a promise, and those after it run', async () => {
  const show = quiet();
  const ran: string[] = [];
  const steps = [
    step('one', () => Promise.reject(new Error('no'))),
    step('two', async () => {
      ran.push('two');
    }),
  ];
  await runSteps(steps, stage, show, new AbortController().signal);
  expect({ ran, broken: show.broken }).toEqual({ ran: ['two'], broken: ['1. one: runs to its end'] });
});

it('a request to stop ends the steps with its reason', async () => {
  const show = quiet();
  const stop = new AbortController();
  const ran: string[] = [];
  const steps = [
    step('one', async () => {
      stop.abort(new Error('asked'));
      throw new Error('killed with it');
    }),
    step('two', async () => {
      ran.push('two');
    }),
  ];
  await expect(runSteps(steps, stage, show, stop.signal)).rejects.toThrow('asked');
  expect({ ran, broken: show.broken }).toEqual({ ran: [], broken: [] });
});

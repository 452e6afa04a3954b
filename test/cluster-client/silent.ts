/**
 * A logger for tests: says nothing, unless LOG names a level.
 */
import { pino } from 'pino';

export const silent = pino({ level: process.env.LOG ?? 'silent' });

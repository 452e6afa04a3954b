/**
 * The evaluation on cases that AWS's own documentation gives.
 */
import { describe, expect, it } from 'vitest';
import type { PolicyDocument, Statement } from '../../src/core/policy/document.ts';
import { evaluate } from './evaluate.ts';

const put = { action: 's3:PutObject', resource: 'arn:aws:s3:::b/x' };
const statement = (Effect: 'Allow' | 'Deny', Condition?: Statement['Condition']): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [
    { Sid: 'One', Effect, Action: 's3:PutObject', Resource: 'arn:aws:s3:::b/*', ...(Condition && { Condition }) },
  ],
});

describe('a condition', () => {
  it.each([
    ['StringEquals', 'a', undefined, false],
    ['StringEquals', 'a', 'a', true],
    ['StringNotEquals', 'a', undefined, true],
    ['StringNotEquals', 'a', 'a', false],
    ['StringNotEquals', 'a', 'b', true],
    ['StringLike', 'a*', 'ab', true],
    ['StringLike', 'a*', undefined, false],
    ['Null', 'true', undefined, true],
    ['Null', 'true', 'a', false],
    ['Null', 'false', 'a', true],
  ] as const)('%s %j of %j is %s', (operator, wanted, value, holds) => {
    const context = value === undefined ? {} : { 's3:x': value };
    const decision = evaluate(statement('Deny', { [operator]: { 's3:x': wanted } }), { ...put, context });
    expect(decision).toBe(holds ? 'denied' : 'implicitly denied');
  });

  it('holds only where all of it holds', () => {
    const document = statement('Deny', { StringNotEquals: { 's3:x': 'a' }, Null: { 's3:x': 'false' } });
    expect(evaluate(document, { ...put, context: {} })).toBe('implicitly denied');
    expect(evaluate(document, { ...put, context: { 's3:x': 'b' } })).toBe('denied');
  });
});

it('another action or resource is not meant', () => {
  expect(evaluate(statement('Allow'), { ...put, context: {} })).toBe('allowed');
  expect(evaluate(statement('Allow'), { ...put, action: 's3:GetObject', context: {} })).toBe('implicitly denied');
  expect(evaluate(statement('Allow'), { ...put, resource: 'arn:aws:s3:::bb/x', context: {} })).toBe(
    'implicitly denied',
  );
});

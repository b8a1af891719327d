// Reads the input of an operation from its request, and checks it against the operation's model: a field that is missing or of another
// shape is a 400 that says so.

import { arn, jsonObject } from './validate.ts';
import { shown } from '../service/checks.ts';
import type { Input } from '../service/operation.ts';
import { badRequest } from '../service/service-error.ts';
import { operations, type OperationName } from '../model/operations.ts';
import type { Member, Shape } from '../model/shape.ts';

export interface RawRequest {
  readonly operation: OperationName;
  readonly labels: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

export function readInput({ operation, labels, query, header, body }: RawRequest): Input {
  const members = operations[operation].input;
  const isInBody = ({ label, header: name, query: field }: Member): boolean =>
    label !== true && name === undefined && field === undefined;
  const hasBody = Object.values(members).some(isInBody);
  const fields = hasBody && body !== '' ? jsonObject(body) : {};
  const given = (name: string, member: Member): unknown => {
    if (member.label === true) return labels[name];
    if (member.header !== undefined) return header(member.header);
    if (member.query === undefined) return fields[name];
    const text = query.get(member.query) ?? undefined;
    return text === undefined ? undefined : fromQuery(member.shape, text);
  };
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, member]) => {
      const value = given(name, member);
      if (value === undefined || value === null || value === '') {
        if (member.required === true) throw badRequest(`${operation}: the field ${name} is required.`);
        return [];
      }
      expectShape(name, value, member.shape);
      return [[name, value]];
    }),
  );
}

function fromQuery(shape: Shape, text: string): unknown {
  if (shape === 'number') return Number(text);
  return shape === 'boolean' ? text === 'true' : text;
}

function expectShape(path: string, value: unknown, shape: Shape): void {
  if (typeof shape === 'string') return expectSimple(path, value, shape);
  if ('list' in shape) {
    if (!Array.isArray(value)) throw wrong(path, 'a list', value);
    for (const [index, each] of value.entries()) expectShape(`${path}[${index}]`, each, shape.list);
    return;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(path, 'an object', value);
  const fields = value as Readonly<Record<string, unknown>>;
  if ('map' in shape) {
    for (const [name, each] of Object.entries(fields)) expectShape(`${path}.${name}`, each, shape.map);
    return;
  }
  for (const [name, member] of Object.entries(shape.structure)) {
    const each = fields[name];
    if (each !== undefined && each !== null) expectShape(`${path}.${name}`, each, member.shape);
    else if (member.required === true) throw badRequest(`The field ${path}.${name} is required.`);
  }
}

const simple = { string: 'string', number: 'number', boolean: 'boolean' } as const;

function expectSimple(path: string, value: unknown, shape: Exclude<Shape, object>): void {
  if (shape === 'timestamp') {
    if (typeof value !== 'number' && typeof value !== 'string') throw wrong(path, 'a timestamp', value);
    return;
  }
  if (typeof value !== simple[shape] || Number.isNaN(value)) throw wrong(path, `a ${simple[shape]}`, value);
  if (/Arns?(\[\d+\])?$/.test(path)) arn(path, value);
}

function wrong(path: string, expected: string, value: unknown): Error {
  return badRequest(`Expected ${path} to be ${expected}; got ${shown(value)}.`);
}

// `npm run generate:model`: writes the table of the operations that the emulator has, from the schemas of the SDK: their paths, and the
// fields of their inputs. A test compares the table with the SDK that is installed.
import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

import * as sdk from '@aws-sdk/client-chime-sdk-messaging';

import type { Member, OperationModel, Shape } from '../../src/emulator/model/shape.ts';

const FILE = new URL('../../src/emulator/model/operations.ts', import.meta.url);
/** What the emulator leaves out: an app instance's Kinesis streams. */
const LEFT_OUT = /StreamingConfigurations$/;

/** The SDK's own encoding of schemas (`@smithy/types`, `Schema`). */
const OPERATION = 9;
const STRUCTURE = 3;
const LIST = 1;
const MAP = 2;
const LIST_OF = 64;
const MAP_OF = 128;
const LABEL = 1;
const NUMBERS: Readonly<Record<number, 'string' | 'number' | 'boolean' | 'timestamp'>> = {
  0: 'string',
  1: 'number',
  2: 'boolean',
  4: 'timestamp',
  5: 'timestamp',
  6: 'timestamp',
  7: 'timestamp',
};

type Raw = readonly unknown[];

export function modelOfSdk(): Record<string, OperationModel> {
  const operations = Object.values(sdk as Record<string, unknown>).filter(
    (value): value is Raw => Array.isArray(value) && value[0] === OPERATION,
  );
  const rows = operations.map((raw): [string, OperationModel] => {
    const [, , name, traits, input] = raw as [number, string, string, { http: [string, string, number] }, () => Raw];
    const [method, path, status] = traits.http;
    return [name, { method, path, status, input: structureOf(input()) }];
  });
  return Object.fromEntries(rows.filter(([name]) => !LEFT_OUT.test(name)).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function structureOf(raw: Raw): Record<string, Member> {
  const [, , , , names, types, required = 0] = raw as [number, string, string, unknown, string[], unknown[], number?];
  return Object.fromEntries(names.map((name, index) => [name, memberOf(types[index], index < required)]));
}

function memberOf(type: unknown, required: boolean): Member {
  const [shape, traits] = Array.isArray(type) && type.length === 2 && !isSchema(type) ? type : [type, 0];
  const { httpHeader, httpQuery } = (typeof traits === 'object' && traits !== null ? traits : {}) as {
    httpHeader?: string;
    httpQuery?: string;
  };
  return {
    shape: shapeOf(shape),
    ...(required ? { required } : {}),
    ...(typeof traits === 'number' && (traits & LABEL) !== 0 ? { label: true } : {}),
    ...(httpHeader === undefined ? {} : { header: httpHeader }),
    ...(httpQuery === undefined ? {} : { query: httpQuery }),
  };
}

function shapeOf(type: unknown): Shape {
  if (typeof type === 'function') return shapeOf((type as () => unknown)());
  if (typeof type === 'number') {
    if ((type & MAP_OF) !== 0) return { map: shapeOf(type & ~MAP_OF) };
    if ((type & LIST_OF) !== 0) return { list: shapeOf(type & ~LIST_OF) };
    return NUMBERS[type] ?? 'string';
  }
  if (!Array.isArray(type)) throw new Error(`Unknown schema: ${String(type)}`);
  if (!isSchema(type)) return shapeOf(type[0]);
  const [kind] = type;
  if (kind === STRUCTURE) return { structure: structureOf(type) };
  if (kind === LIST) return { list: shapeOf(type[4]) };
  if (kind === MAP) return { map: shapeOf(type[5]) };
  return shapeOf(type[4]);
}

/** Schemas begin with their kind and their namespace. */
function isSchema(type: Raw): boolean {
  return typeof type[0] === 'number' && typeof type[1] === 'string';
}

export function textOfModel(): string {
  return `// The operations of the service, from the schemas of the SDK: written by \`npm run generate:model\`.

import type { OperationModel } from './shape.ts';

export type OperationName =
  ${Object.keys(modelOfSdk())
    .map((name) => `| '${name}'`)
    .join('\n  ')};

export const operations: Readonly<Record<OperationName, OperationModel>> = ${JSON.stringify(modelOfSdk())};
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await writeFile(FILE, textOfModel());

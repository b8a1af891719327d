// The shapes of the inputs of the service's operations, as the SDK's schemas have them.

export type Shape =
  | 'string'
  | 'number'
  | 'boolean'
  | 'timestamp'
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly structure: Readonly<Record<string, Member>> };

export interface Member {
  readonly shape: Shape;
  readonly required?: boolean;
  /** Part of the path. */
  readonly label?: boolean;
  /** The name of its header, or of its field in the query; otherwise it is in the body. */
  readonly header?: string;
  readonly query?: string;
}

export interface OperationModel {
  readonly method: string;
  /** The path, with `{Member}` for labels, and the constant part of the query. */
  readonly path: string;
  /** The HTTP status of its answer. */
  readonly status: number;
  readonly input: Readonly<Record<string, Member>>;
}

/** The names of attributes. Those that begin with `messaging.` and `error.` are of the semantic conventions. */

/** `messaging.system`: none of the conventions' own values fits. */
export const SYSTEM = { 'messaging.system': 'aws_chime' } as const;
export const OPERATION_NAME = 'messaging.operation.name';
export const OPERATION_TYPE = 'messaging.operation.type';
/** The channel. */
export const DESTINATION = 'messaging.destination.name';
export const MESSAGE_ID = 'messaging.message.id';
/** The id of the delivery. */
export const DELIVERY_ID = 'chime_delivery.delivery.id';
export const STATUS = 'chime_delivery.status';
export const EVIDENCE = 'chime_delivery.evidence';
export const REQUEST = 'chime_delivery.request';
export const BEARER = 'chime_delivery.bearer';
export const ERROR_TYPE = 'error.type';

// Source: Lambda API Reference, CreateEventSourceMapping, Topics; Lambda Developer Guide, Kafka on-failure destinations.
export const TOPIC = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
export const TOPIC_FORM = 'letters, digits, ".", "_" and "-", not beginning with "."';

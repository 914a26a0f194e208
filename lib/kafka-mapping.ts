import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { KafkaMappingBase } from './kafka-mapping-base';
import type { KafkaMappingProps } from './kafka-mapping-props';
import { checkProps } from './private/check-kinds';
import { createMapping } from './private/mapping/create-mapping';

/**
 * Calls a function with the records of one topic: the alias, the event source mapping, and in the function's role what
 * the pollers need. One function may have several.
 *
 * The service retries for as long as the topic keeps a record and discards nothing, unless `serviceMayDiscard` says that
 * it may.
 *
 * A mapping that exists begins with an empty memory when its function remembers in another way, or when its identity,
 * its consumer group, its source or its `generation` change: let it drain, disable it, deploy, enable it. An app shows
 * what is to be deployed and not what was, so the construct warns of two things only: that the function is called with
 * one topic twice, and that a topic was recreated (`generation`) whose reading begins at `LATEST`.
 *
 * @example
 * new KafkaMapping(stack, 'Returns', { function: processor.function, source, pollers });
 */
export class KafkaMapping extends KafkaMappingBase {
  readonly function: lambda.Function;
  readonly alias: lambda.Alias;
  readonly mapping: lambda.EventSourceMapping;
  readonly mappingName: string;
  readonly consumer: string;
  readonly topic: string;

  constructor(scope: Construct, id: string, props: KafkaMappingProps) {
    super(scope, id);
    checkProps(this, 'props', props, 'new KafkaMapping(scope, id, { function, source, pollers })');
    const { alias, mapping, mappingName, source } = createMapping(this, props);
    this.function = props.function;
    this.alias = alias;
    this.mapping = mapping;
    this.mappingName = mappingName;
    this.consumer = source.consumerGroupId;
    this.topic = source.topic;
  }
}

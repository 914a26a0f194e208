import { ENVIRONMENT } from '../../../contract/environment';
import { KEY_ATTRIBUTE, TTL_ATTRIBUTE } from '../../../contract/idempotency-table';
import { isObject } from '../../../local/template/template';
import { shown } from '../../../local/template/template-error';
import { error, type Judgement, unknown, warning } from '../finding';
import type { Rule } from '../rule';
import { findTable, ofReplica } from '../stores';
import { notRetained } from './retained';

export const table: Rule = {
  name: 'table',
  *judge(subject): Iterable<Judgement> {
    const name = subject.variable(ENVIRONMENT.table);
    const place = subject.placeOf(ENVIRONMENT.table);
    if (name === undefined) {
      yield error(place, 'is not set.', 'The function does not start without it.', 'Set it to the name of the table.');
    } else if (findTable(subject) === undefined) {
      const why = 'Its key, its time to live and the permissions on it were not judged.';
      const change = 'Correct the name, or check the template that holds the table.';
      yield unknown(place, `is ${shown(name)}, a table that the template does not hold.`, why, change);
    }
  },
};

export const tableKey: Rule = {
  name: 'table-key',
  *judge(subject): Iterable<Judgement> {
    const found = findTable(subject);
    if (found === undefined) return;
    const schema = found.properties.list('KeySchema').filter(isObject);
    const key = schema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName;
    const attributes = found.properties.list('AttributeDefinitions').filter(isObject);
    const type = attributes.find(({ AttributeName }) => AttributeName === key)?.AttributeType;
    if (schema.length === 1 && key === KEY_ATTRIBUTE && type === 'S') return;
    yield error(
      found.properties.path('KeySchema'),
      `is ${shown(schema.map(({ AttributeName }) => AttributeName))}, of the type ${shown(type)}.`,
      'The runtime cannot read or write a single record there.',
      `Make it "${KEY_ATTRIBUTE}" of the type S (HASH), without a sort key. That replaces the table, and with it the memory.`,
    );
  },
};

export const tableTtl: Rule = {
  name: 'table-ttl',
  *judge(subject): Iterable<Judgement> {
    const found = findTable(subject);
    if (found === undefined) return;
    const keys = ['TimeToLiveSpecification', 'AttributeName'];
    const attribute = found.properties.text(...keys);
    const isOn = found.properties.boolean('TimeToLiveSpecification', 'Enabled') === true;
    if (isOn && attribute === TTL_ATTRIBUTE) return;
    yield error(
      found.properties.path('TimeToLiveSpecification'),
      isOn ? `has the attribute ${shown(attribute)}.` : 'is off.',
      'Marks of what is done never leave the table, which grows with each record.',
      `Enable it with the attribute "${TTL_ATTRIBUTE}".`,
    );
  },
};

export const tableSafety: Rule = {
  name: 'table-safety',
  *judge(subject): Iterable<Judgement> {
    const found = findTable(subject);
    if (found === undefined) return;
    const specification = 'PointInTimeRecoverySpecification';
    const isOn = (...keys: string[]) => String(ofReplica(found, ...keys) ?? false) === 'true';
    if (!isOn(specification, 'PointInTimeRecoveryEnabled')) {
      const why = 'Items that somebody changes or deletes cannot be brought back, and their records take effect again.';
      yield warning(found.properties.path(specification), 'is off.', why, 'Set PointInTimeRecoveryEnabled to true.');
    }
    if (!isOn('DeletionProtectionEnabled')) {
      const why = 'Without its memory the function repeats every effect that is delivered again.';
      yield warning(found.properties.path('DeletionProtectionEnabled'), 'is off.', why, 'Set it to true.');
    }
    yield* notRetained(
      found,
      'A table that leaves the stack, or is replaced in it, is deleted, and the memory with it.',
    );
    const replicas = found.properties.list('Replicas').length;
    if (replicas > 1) {
      yield error(
        found.properties.path('Replicas'),
        `has ${replicas} regions.`,
        'Replication is asynchronous: two regions would claim one record, and both act on it.',
        'Give each region a table of its own.',
      );
    }
  },
};

import type { KafkaMapping } from '../template/kafka-mapping';
import { templateInvalid, templateUnsupported } from '../template/template-error';
import type { Complaint } from './complaint';
import { mappingProblems } from './validate-mapping';

/**
 * Row 34: throws a LocalError with everything that the service would refuse, and for what cannot be played here; gives
 * back what the service would warn about.
 *
 * @param nowMs when the mapping is created. @default never, so that it starts at no time in the future
 */
export function refuseInvalid(mapping: KafkaMapping, nowMs?: number): readonly Complaint[] {
  const { logicalId, function: lambda } = mapping;
  const problems = mappingProblems(mapping, nowMs).map(({ kind, property, text }) => {
    const owner = property === 'Timeout' ? lambda.logicalId : logicalId;
    return { kind, path: `Resources.${owner}.Properties.${property}`, text };
  });
  const [first, ...others] = problems.filter(({ kind }) => kind === 'error');
  if (first) {
    const more = others.map(({ path, text }) => `\n${path} ${text}`);
    throw templateInvalid(first.path, first.text + more.join(''));
  }
  if (!mapping.enabled) {
    throw templateUnsupported(
      `Resources.${logicalId}.Properties.Enabled`,
      'is false: the service delivers nothing. Enable the mapping, or choose another one with --mapping.',
    );
  }
  if (mapping.schemaRegistry) {
    throw templateUnsupported(
      `Resources.${logicalId}.Properties.SchemaRegistryConfig`,
      `names the registry ${mapping.schemaRegistry.uri}, and nothing here can decode records with its schemas. Remove it for local runs, and give the topic records in the form that the function is to get.`,
    );
  }
  return problems.map(({ path, text }) => ({ kind: 'warning', row: 34, text: `${path} ${text}` }));
}

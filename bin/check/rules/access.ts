import { shown } from '../../../local/template/template-error';
import { error, type Judgement } from '../finding';
import type { Rule } from '../rule';

// Source of both: Lambda API Reference, SourceAccessConfiguration; Lambda Developer Guide, MSK authentication.
const OF_MSK = ['CLIENT_CERTIFICATE_TLS_AUTH', 'SASL_SCRAM_512_AUTH'];
const OF_OWN_BROKERS = [
  'BASIC_AUTH',
  'CLIENT_CERTIFICATE_TLS_AUTH',
  'IAM_AUTH',
  'IAM_OAUTHBEARER_AUTH',
  'OAUTHBEARER_AUDIENCE',
  'OAUTHBEARER_AUTH',
  'OAUTHBEARER_IDENTITY_POOL',
  'OAUTHBEARER_LOGICAL_CLUSTER',
  'OAUTHBEARER_SCOPE',
  'SASL_SCRAM_256_AUTH',
  'SASL_SCRAM_512_AUTH',
  'SERVER_ROOT_CA_CERTIFICATE',
  'VPC_SECURITY_GROUP',
  'VPC_SUBNET',
];

/** How the pollers reach the brokers, and as whom. */
export const access: Rule = {
  name: 'access',
  *judge(subject): Iterable<Judgement> {
    const { isMsk, mapping } = subject;
    const accepted = isMsk ? OF_MSK : OF_OWN_BROKERS;
    const why = isMsk
      ? 'A cluster of MSK takes IAM, which is not written here, SCRAM-512 or a client certificate, and has a network of its own.'
      : 'The service does not know it for brokers of your own.';
    for (const [index, { type }] of subject.access().entries()) {
      if (accepted.includes(type)) continue;
      const place = `${mapping.path('SourceAccessConfigurations')}[${index}].Type`;
      yield error(place, `is ${shown(type)}.`, why, `Write ${accepted.join(', ')}, or leave it out.`);
    }
  },
};

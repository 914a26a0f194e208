import { error, type Judgement } from '../finding';
import type { Rule } from '../rule';

/** Source: Lambda API Reference, CreateAlias, PutProvisionedConcurrencyConfig: both take published versions only. */
export const aliasVersion: Rule = {
  name: 'alias-version',
  *judge({ alias }): Iterable<Judgement> {
    if (alias === undefined || alias.text('FunctionVersion') !== '$LATEST') return;
    for (const property of ['ProvisionedConcurrencyConfig', 'RoutingConfig']) {
      if (alias.names(property).length === 0) continue;
      yield error(
        alias.path(property),
        'is set, and the alias points at $LATEST.',
        'The service takes it with a published version only, and the deployment fails.',
        'Point the alias at an AWS::Lambda::Version, or leave it out.',
      );
    }
  },
};

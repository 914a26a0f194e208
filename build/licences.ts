import { writeFileSync } from 'node:fs';
import { NOTICE, noticeText, thirdParties } from './third-party';

writeFileSync(NOTICE, noticeText(thirdParties()));

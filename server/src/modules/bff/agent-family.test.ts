import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentFamily } from './agent-family.ts';

const android = (version: string, device = 'Linux; Android 10; K') =>
  `Mozilla/5.0 (${device}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version} Mobile Safari/537.36`;
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';

test('a browser that updates itself, or asks for the site for computers, stays the same', () => {
  const same: [string, string, string][] = [
    ['Chrome 130 to 131', `${WINDOWS} Chrome/130.0.0.0 Safari/537.36`, `${WINDOWS} Chrome/131.0.0.0 Safari/537.36`],
    [
      'Chrome of Android for computers',
      android('131.0.0.0'),
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
    ],
    ['Android 10 to 14', android('131.0.0.0', 'Linux; Android 10; SM-G973F'), android('131.0.0.0', 'Linux; Android 14; SM-G973F')],
    [
      'Samsung for computers',
      `Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36`,
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Safari/537.36',
    ],
    [
      'Safari of iPhone for computers',
      `${IPHONE} Version/17.6 Mobile/15E148 Safari/604.1`,
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15',
    ],
    [
      'iOS 17 to 18',
      `${IPHONE} Version/17.6 Mobile/15E148 Safari/604.1`,
      `${IPHONE.replace('17_6_1', '18_1')} Version/18.1 Mobile/15E148 Safari/604.1`,
    ],
    [
      'Firefox 131 to 132',
      'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0',
      'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
    ],
    ['a program', 'lastro-person/1', 'lastro-person/2 (test)'],
  ];
  for (const [what, one, two] of same) assert.equal(agentFamily(one), agentFamily(two), what);
});

test('another make, another system or a program is another one', () => {
  const all = [
    `${WINDOWS} Chrome/131.0.0.0 Safari/537.36`,
    `${WINDOWS} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0`,
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
    `${IPHONE} Version/17.6 Mobile/15E148 Safari/604.1`,
    android('131.0.0.0'),
    'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
    'curl/8.9.1',
    'python-requests/2.32',
    '',
  ].map(agentFamily);
  assert.equal(new Set(all).size, all.length, all.join('\n'));
  assert.equal(agentFamily(undefined), agentFamily(''));
  assert.equal(typeof agentFamily('Mozilla/5.0 ('.repeat(10_000)), 'string');
});

import { checksOf } from './checks';

const NONE = { device: 0, openDrawers: 0 };

describe('what waits before a day is closed', () => {
  it('is nothing when all is done', () => {
    expect(checksOf([{ kind: 'books.unsorted', count: 0, blocks: false }], NONE)).toEqual([]);
  });
  it('shows what holds up the closing first, and where to look after it', () => {
    const all = checksOf(
      [
        { kind: 'books.unsorted', count: 3, blocks: false },
        { kind: 'books.waiting', count: 1, blocks: true },
      ],
      NONE,
    );
    expect(all.map(({ key, to }) => [key, to])).toEqual([
      ['closing.check.books.waiting', null],
      ['closing.check.books.unsorted', '/lancamentos'],
    ]);
  });
  it('knows another module by its name, and says so of one it does not know', () => {
    expect(checksOf([{ kind: 'banks.anything', count: 2, blocks: false }], NONE)[0]).toMatchObject({
      key: 'closing.check.banks',
      to: '/conciliacao',
    });
    expect(checksOf([{ kind: 'lunch.late', count: 1, blocks: false }], NONE)[0]!.key).toBe('closing.check.other');
  });
  it('counts what this device has not sent, and open drawers once', () => {
    expect(checksOf([], { device: 2, openDrawers: 1 }).map(({ key }) => key)).toEqual(['closing.check.device', 'closing.check.drawers']);
    expect(checksOf([{ kind: 'drawers.uncounted', count: 1, blocks: true }], { device: 0, openDrawers: 1 })).toHaveLength(1);
  });
});

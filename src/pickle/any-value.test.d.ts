import fc from 'fast-check'
/** Whatever can be made of values that Python has, too. */
export declare const anyValue: fc.Arbitrary<unknown>
/** What Python does not tell apart: integers by their size, and -0 among them. */
export declare function asPythonKeeps(sent: unknown): unknown

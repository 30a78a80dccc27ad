/**
 * The format of a value, version 1.
 *
 * ```
 * value  = first frame, then the out-of-band frames
 * first  = 0xA1, layout, tagged value, bound state of functions, [memory table]
 * layout = 0: no memory table, no further frames; 1: the table is there
 * ```
 *
 * 0xA1 is no pickle opcode, so a receiver can tell from one byte who packed what it got.
 * Numbers are little-endian. A length or count is a base-128 varint.
 */
export const magic = 0xa1

export const layouts = { plain: 0, withMemory: 1 } as const

/** Views and buffers from this size on travel in a frame of their own and are not copied. Bytes. */
export const outOfBandBytesMin = 1024

/** Text from this length on travels in a frame of its own. UTF-16 units. */
export const outOfBandTextMin = 16_384

/** Objects with more keys than this are written as a dictionary, not as a shape. */
export const shapeKeysMax = 64

/** Shapes in one value; an object of any further shape is written as a dictionary. */
export const shapesMax = 32

/** Arrays of numbers from this length on are packed like a typed array. */
export const packedNumbersMin = 12

/** The first byte of each tagged value; small integers, short text and known shapes need no more. */
export const tags = {
  /** 0x00-0x3f: the integers 0 to 63. */
  smallInteger: 0x00,
  /** 0x40-0x7f: ASCII text of 0 to 63 units. */
  smallText: 0x40,
  /** 0x80-0x9f: an object of the shape with this number. */
  shaped: 0x80,
  /** 0xa0-0xaf: an array of 0 to 15 elements. */
  smallArray: 0xa0,
  undefined: 0xb0,
  null: 0xb1,
  false: 0xb2,
  true: 0xb3,
  uint8: 0xb4,
  int16: 0xb5,
  int32: 0xb6,
  float64: 0xb7,
  bigint: 0xb8,
  utf8: 0xb9,
  /** Text with lone surrogates, which UTF-8 has not. */
  utf16: 0xba,
  /** Long text, as UTF-8 in the memory table. */
  memoryText: 0xbb,
  registeredSymbol: 0xbc,
  wellKnownSymbol: 0xbd,
  array: 0xbe,
  /** A run of holes in an array. */
  holes: 0xbf,
  packedNumbers: 0xc0,
  newShape: 0xc1,
  dictionary: 0xc2,
  nullPrototype: 0xc3,
  /** An object that came before. */
  again: 0xc4,
  date: 0xc5,
  regExp: 0xc6,
  url: 0xc7,
  map: 0xc8,
  set: 0xc9,
  boxed: 0xca,
  error: 0xcb,
  domException: 0xcc,
  view: 0xcd,
  arrayBuffer: 0xce,
  /** A function, a class, or any value that a `FunctionCodec` describes. */
  described: 0xcf,
  reference: 0xd0,
  instance: 0xd1,
  /** A builtin whose prototype is a class that travelled. */
  subclassed: 0xd2,
  ndArray: 0xd3,
  complex: 0xd4,
} as const

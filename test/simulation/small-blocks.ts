/**
 * The copy takes blocks of 8 MiB, and a simulation makes some thousand copies of some hundred bytes a minute: most of its
 * time would go into clearing memory. Here such a block has 64 KiB, which no simulated result fills.
 */
const BLOCK_BYTES = 8 * 1024 * 1024;
const SMALL_BYTES = 64 * 1024;
const allocate = Buffer.allocUnsafeSlow;
Buffer.allocUnsafeSlow = (bytes) => allocate(bytes === BLOCK_BYTES ? SMALL_BYTES : bytes);

package dev.respite.idempotency.http;

/**
 * The limits of bodies.
 *
 * @param request the maximum length of a request, in bytes
 * @param parameters the maximum number of parameters of a form
 * @param inMemory the maximum length of a response that is held in memory, in bytes
 * @param response the maximum length of a response, in bytes
 */
record BodyLimits(int request, int parameters, int inMemory, long response) {

    static final BodyLimits DEFAULT = new BodyLimits(1 << 20, 1_000, 8 << 20, 1L << 30);
}

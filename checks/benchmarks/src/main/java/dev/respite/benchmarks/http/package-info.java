/**
 * The cost of a retrying HTTP client beside the JDK's own, over loopback: {@code bin/bench --http}.
 *
 * <p>Start with {@link dev.respite.benchmarks.http.HttpThroughput}.
 */
@NullMarked
package dev.respite.benchmarks.http;

import org.jspecify.annotations.NullMarked;

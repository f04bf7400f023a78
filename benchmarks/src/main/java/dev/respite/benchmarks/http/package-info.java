/**
 * What a retrying HTTP client costs beside the JDK's own, over loopback. {@code bin/bench --http} builds and runs it; {@link
 * dev.respite.benchmarks.http.HttpThroughput} is the entry point.
 */
@NullMarked
package dev.respite.benchmarks.http;

import org.jspecify.annotations.NullMarked;

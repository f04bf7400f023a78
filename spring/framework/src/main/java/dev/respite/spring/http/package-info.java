/**
 * Retries for Spring's HTTP clients. Start with {@link dev.respite.spring.http.RespiteInterceptor} for {@code RestClient} and
 * {@code RestTemplate}, or {@link dev.respite.spring.http.RespiteFilter} for {@code WebClient}.
 */
@NullMarked
package dev.respite.spring.http;

import org.jspecify.annotations.NullMarked;

/**
 * Retries for Spring's HTTP clients: {@link dev.respite.spring.http.RespiteInterceptor} for {@code RestClient} and {@code
 * RestTemplate}, {@link dev.respite.spring.http.RespiteFilter} for {@code WebClient}.
 */
@NullMarked
package dev.respite.spring.http;

import org.jspecify.annotations.NullMarked;

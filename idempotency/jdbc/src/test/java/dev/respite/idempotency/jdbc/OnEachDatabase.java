package dev.respite.idempotency.jdbc;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs a test in PostgreSQL, in H2 in memory, and with the profile in MariaDB. */
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@MethodSource("dev.respite.idempotency.jdbc.TestDatabase#each")
@interface OnEachDatabase {}

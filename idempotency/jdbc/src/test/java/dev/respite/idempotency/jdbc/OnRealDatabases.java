package dev.respite.idempotency.jdbc;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs a test class in PostgreSQL, in H2 with a file, and with the profile in MariaDB. */
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass
@MethodSource("dev.respite.idempotency.jdbc.TestDatabase#real")
@interface OnRealDatabases {}

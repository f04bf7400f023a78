package dev.respite.idempotency.jdbc;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs a test class in PostgreSQL, and in H2 with a file. */
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass
@EnumSource(
        value = Database.class,
        names = {"POSTGRESQL", "H2_FILE"})
@interface OnRealDatabases {}

package dev.respite.idempotency.jdbc;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Runs a test class with the profile only. */
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfSystemProperty(
        named = TestMariaDb.BINARIES,
        matches = ".+",
        disabledReason = "MariaDB is for the profile of its own: ./mvnw -Pmariadb verify -pl idempotency/jdbc -am")
@interface OnMariaDb {}

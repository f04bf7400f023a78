package dev.respite.stacks.idempotency;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** What an application runs on. */
record Stack(Container container, Mode mode) {

    /** All tests of one stack share an application: each uses keys and items of its own. */
    private static final Map<Stack, Shop> SHOPS = new ConcurrentHashMap<>();

    enum Container {
        TOMCAT,
        JETTY
    }

    /** Where effect and record are, and what manages the transactions. */
    enum Mode {
        JDBC,
        JPA,
        EXTERNAL;

        boolean isTransactional() {
            return this != EXTERNAL;
        }
    }

    /** Two of them, or all with the profile {@code compat}. */
    static Stream<Stack> some() {
        if (!System.getProperty("respite.applications", "short").equals("all")) {
            return Stream.of(new Stack(Container.TOMCAT, Mode.JDBC), new Stack(Container.TOMCAT, Mode.EXTERNAL));
        }
        return Stream.of(Container.values())
                .flatMap(container -> Stream.of(Mode.values()).map(mode -> new Stack(container, mode)));
    }

    Shop shop() {
        return SHOPS.computeIfAbsent(this, Shop::open);
    }
}

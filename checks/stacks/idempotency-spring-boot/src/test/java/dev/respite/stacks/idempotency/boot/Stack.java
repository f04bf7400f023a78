package dev.respite.stacks.idempotency.boot;

import dev.respite.testsupport.CachedContexts;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** What an application runs on. */
record Stack(Container container, boolean jpa, boolean security) {

    static final Stack PLAIN = new Stack(Container.TOMCAT, false, false);

    /** All tests of one stack share an application: each uses keys and items of its own. */
    private static final Map<Stack, TestServer> SERVERS = new ConcurrentHashMap<>();

    enum Container {
        TOMCAT,
        JETTY;

        /** The first of them, or all with the profile {@code compat}. */
        static Stream<Container> some() {
            return areAll() ? Stream.of(values()) : Stream.of(TOMCAT);
        }
    }

    /** One of them, or all with the profile {@code compat}. */
    static Stream<Stack> some() {
        if (!areAll()) {
            return Stream.of(new Stack(Container.TOMCAT, false, true));
        }
        return Container.some()
                .flatMap(container -> Stream.of(true, false)
                        .flatMap(jpa -> Stream.of(true, false).map(security -> new Stack(container, jpa, security))));
    }

    private static boolean areAll() {
        return System.getProperty("respite.applications", "short").equals("all");
    }

    TestServer shop() {
        return SERVERS.computeIfAbsent(
                this,
                stack -> CachedContexts.keep(
                        security
                                ? TestServer.start(stack, Shop.PROPERTIES, Shop.class, Members.class)
                                : TestServer.start(stack, Shop.PROPERTIES, Shop.class)));
    }
}

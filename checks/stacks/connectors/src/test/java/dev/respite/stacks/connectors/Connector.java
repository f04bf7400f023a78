package dev.respite.stacks.connectors;

/** An HTTP client below {@code RestClient} or {@code WebClient}, chosen by the properties of Spring Boot. */
enum Connector {
    REST_JDK("RestClient, JDK", "imperative.factory", "jdk"),
    REST_APACHE("RestClient, Apache", "imperative.factory", "http-components"),
    REST_JETTY("RestClient, Jetty", "imperative.factory", "jetty"),
    REST_REACTOR("RestClient, Reactor Netty", "imperative.factory", "reactor"),
    REST_SIMPLE("RestClient, HttpURLConnection", "imperative.factory", "simple"),
    WEB_REACTOR("WebClient, Reactor Netty", "reactive.connector", "reactor"),
    WEB_JDK("WebClient, JDK", "reactive.connector", "jdk"),
    WEB_JETTY("WebClient, Jetty", "reactive.connector", "jetty"),
    WEB_APACHE("WebClient, Apache", "reactive.connector", "http-components");

    private final String title;
    private final String property;
    private final String value;

    Connector(String title, String property, String value) {
        this.title = title;
        this.property = property;
        this.value = value;
    }

    /** The title of its row in the documents. */
    String title() {
        return title;
    }

    boolean isReactive() {
        return property.startsWith("reactive");
    }

    /** Returns whether an attempt ends at its timeout. A thread cannot end an exchange of {@code HttpURLConnection}. */
    boolean hasTimeouts() {
        return this != REST_SIMPLE;
    }

    /** Returns whether a body that is cut closes its connection. Spring's connector for the JDK's client leaves some open. */
    boolean closesCutBodies() {
        return this != WEB_JDK;
    }

    String property() {
        return "spring.http.clients." + property + "=" + value;
    }
}

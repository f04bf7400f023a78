/** The core of Respite: policies, budgets and the engine. It depends on nothing but the JDK. */
module dev.respite {
    requires static jdk.jfr;
    requires static org.jspecify;

    exports dev.respite;
    exports dev.respite.policy;
}

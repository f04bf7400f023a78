/** The core of Respite: policies, budgets and the engine. It depends on nothing but the JDK. */
@SuppressWarnings("module") // javac does not see the modules to which a package is exported
module dev.respite {
    requires static jdk.jfr;
    requires static org.jspecify;

    uses dev.respite.failure.FailureFacts;

    exports dev.respite;
    exports dev.respite.budget;
    exports dev.respite.call;
    exports dev.respite.failure;
    exports dev.respite.hedge;
    exports dev.respite.outcome;
    exports dev.respite.policy;
    exports dev.respite.time;

    // Only for drivers in other modules of Respite.
    exports dev.respite.driver to
            dev.respite.durable,
            dev.respite.http.exchange,
            dev.respite.spring;
}

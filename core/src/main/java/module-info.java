/** The core of Respite: policies, budgets and the engine. It depends on nothing but the JDK. */
module dev.respite {
    requires static jdk.jfr;
    requires static org.jspecify;

    uses dev.respite.failure.FailureFacts;

    exports dev.respite;
    exports dev.respite.budget;
    exports dev.respite.call;
    exports dev.respite.failure;
    exports dev.respite.outcome;
    exports dev.respite.policy;
    exports dev.respite.time;
}

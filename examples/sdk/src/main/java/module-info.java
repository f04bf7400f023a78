/** Makes payments. */
module com.example.payments {
    requires java.net.http;
    // For the compiler only: the jar has the core in a package of its own.
    requires static dev.respite;

    exports com.example.payments;
}

// Keeps the classes of packages that their module exports to everybody: japicmp compares the API, and no class that is public only
// for our other modules. A jar without a module descriptor keeps all.
import java.lang.module.ModuleDescriptor
import java.util.jar.JarFile

def exports = [:].withDefault { String jar ->
    new JarFile(jar).withCloseable { file ->
        def descriptor = file.getEntry('module-info.class')
        descriptor == null ? null : ModuleDescriptor.read(file.getInputStream(descriptor)).exports().findAll { !it.qualified }*.source()
    }
}
jApiClasses.findAll { type ->
    def present = type.oldClass.present ? type.oldClass.get() : type.newClass.get()
    def packages = exports[new File(new URI(present.URL.path.replaceFirst('!.*', ''))).path]
    packages == null || present.packageName in packages
}

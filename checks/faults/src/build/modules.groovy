// Writes for each module how its tests run: its folders of classes, its test class path and the properties of its tests. A jar of
// this build is replaced by the folder that it was made of, so that one class can be exchanged.
import org.apache.maven.project.DefaultDependencyResolutionRequest
import org.apache.maven.project.ProjectDependenciesResolver

def resolver = session.container.lookup(ProjectDependenciesResolver)
def projects = session.allProjects.findAll { it.packaging == 'jar' }
def root = session.topLevelProject.basedir.canonicalFile.toPath()
def target = new File(project.build.directory, 'modules')
target.mkdirs()

def classesOf = { String element ->
    def file = new File(element)
    def owner = projects.find { file.toPath().startsWith(new File(it.build.directory).toPath()) }
    if (owner == null || file.directory) return element
    file.name.endsWith('-tests.jar') ? owner.build.testOutputDirectory : owner.build.outputDirectory
}

projects.each { module ->
    // The class path that a module still has is of its last plugin, which may need fewer scopes.
    def resolved = resolver.resolve(new DefaultDependencyResolutionRequest(module, session.repositorySession)).dependencies
            .findAll { it.artifact.extension == 'jar' }*.artifact*.file*.path
    def run = new Properties()
    run.path = root.relativize(module.basedir.canonicalFile.toPath()).toString()
    run.artifact = module.artifactId
    run.classes = module.build.outputDirectory
    run.tests = module.build.testOutputDirectory
    run.classPath = ([run.tests, run.classes] + resolved.collect(classesOf)).unique().join(File.pathSeparator)
    def surefire = module.getPlugin('org.apache.maven.plugins:maven-surefire-plugin')?.configuration
    surefire?.getChild('systemPropertyVariables')?.children?.each { run.setProperty("property.${it.name}", it.value ?: '') }
    new File(target, "${module.artifactId}.properties").withWriter { run.store(it, null) }
}
// The class path of the program that plants the faults.
new File(target, 'path').text = project.runtimeClasspathElements.join(File.pathSeparator)

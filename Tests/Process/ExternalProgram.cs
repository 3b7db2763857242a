namespace FlowGpt.Tests.Process;

/// <summary>An installed program that a test starts, with the command that installs it.</summary>
internal sealed record ExternalProgram(string Name, string Install)
{
    private static readonly string[] Directories = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"];

    public static ExternalProgram Nginx { get; } = new("nginx", "apt-get install -y nginx");

    public static ExternalProgram Bash { get; } = new("bash", "apt-get install -y bash");

    public static ExternalProgram Node { get; } = new("node", "apt-get install -y nodejs");

    public static ExternalProgram Npm { get; } = new("npm", "apt-get install -y npm");

    public static ExternalProgram RedisServer { get; } = new("redis-server", "apt-get install -y redis-server");

    public static ExternalProgram Helm { get; } = new("helm", "snap install helm --classic");

    /// <summary>The program's path. When the program is not installed, the running test is reported as skipped.</summary>
    public string PathOrSkip()
    {
        var path = Directories.Select(directory => Path.Combine(directory, Name)).FirstOrDefault(File.Exists);
        Assert.SkipUnless(path is not null, $"{Name} is not installed. Install it with: {Install}");
        return path!;
    }
}

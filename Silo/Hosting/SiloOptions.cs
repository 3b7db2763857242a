using System.ComponentModel.DataAnnotations;

namespace FlowGpt.Silo.Hosting;

/// <summary>How this silo process runs. Section <see cref="Section"/>.</summary>
internal sealed class SiloOptions
{
    public const string Section = "FlowGpt:Silo";

    /// <summary>Whether the HTTP API runs in this process too. Off for silos of a split cluster, whose frontends are separate processes. Default: true.</summary>
    public bool Api { get; set; } = true;

    /// <summary>
    /// Where the embedded mode keeps everything: data file, generated keys, backups. Default: <c>flowgpt</c> in the user's folder for
    /// local application data (<c>~/.local/share/flowgpt</c> on Linux). Not used in cluster mode.
    /// </summary>
    public string DataDirectory { get; set; } = DefaultDataDirectory();

    /// <summary>Names the deployment's data: grain state and reminders are kept under it. Never change it while there is data to keep. Default: <c>flowgpt</c>.</summary>
    [Required]
    public string ServiceId { get; set; } = "flowgpt";

    /// <summary>Names the set of silos that see each other; a blue-green upgrade gives the new set another name. Default: <c>default</c>.</summary>
    [Required]
    public string ClusterId { get; set; } = "default";

    /// <summary>
    /// Cluster mode: the IP address or host name at which other silos and frontends reach this silo. Default: the machine's first
    /// address that is not loopback. Silo ports take only processes with a certificate of the cluster (<c>CLUSTER_TLS</c>).
    /// </summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>
    /// Port for other silos. Default: 11111 in cluster mode. The embedded mode takes a free loopback port of its own and ignores it. Keep it the same over
    /// restarts: a silo that comes back at its old address replaces its predecessor at once.
    /// </summary>
    [Range(1, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>Port for frontends that run as separate processes; 0 opens none. Default: 30000 in cluster mode, none in embedded mode.</summary>
    [Range(0, 65535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary>
    /// Cluster mode in Kubernetes: silos whose pods are gone are declared dead at once rather than by missed probes. Needs the pod's name, namespace and
    /// address in its environment, the labels <c>orleans/serviceId</c> and <c>orleans/clusterId</c>, and leave to list and watch pods; deploy/kubernetes has them.
    /// Default: false.
    /// </summary>
    public bool Kubernetes { get; set; }

    /// <summary>How long a stop may take in all: streams in flight end, grains deactivate, then the process ends. Default: 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a grain may take to deactivate at a stop. Calls to the grain wait that long before another silo has it: less than
    /// <c>FlowGpt:Frontend:StartWithin</c>, so that the turns of a stored conversation wait and do not fail. Default: 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a call between grains may take before its caller gives up. Default: 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:02:00")]
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a call of the cluster's own parts may take, such as the registration of a new grain. A call that is lost with a silo that stops delays a turn of
    /// a new conversation for this long: less than <c>FlowGpt:Frontend:StartWithin</c>, so that the turn is begun by the next try. Default: 5 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:01:00")]
    public TimeSpan SystemResponseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an idle grain stays in memory. Shorter saves memory, longer saves reads. At least 2 minutes. Default: 15 min.</summary>
    [Range(typeof(TimeSpan), "00:02:00", "1.00:00:00")]
    public TimeSpan IdleAge { get; set; } = TimeSpan.FromMinutes(15);

    private static string DefaultDataDirectory()
    {
        var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return string.IsNullOrEmpty(local) ? Path.GetFullPath("data") : Path.Combine(local, "flowgpt");
    }
}

using FlowGpt.ApiFrontend;
using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.Silo.Hosting;
using Microsoft.Extensions.Configuration;

namespace FlowGpt.Tests.Unit.Packaging;

public sealed class KubernetesManifestTests
{
    private const string Folder = "deploy/kubernetes";

    private static readonly YamlValue Kustomization = YamlFile.ReadOne($"{Folder}/kustomization.yaml");

    private static readonly IReadOnlyList<YamlValue> Objects =
    [
        .. Kustomization["resources"].Texts.SelectMany(static file => YamlFile.Read($"{Folder}/{file}")),
    ];

    private static readonly YamlValue Secret = YamlFile.ReadOne($"{Folder}/secret.example.yaml");

    public static TheoryData<string> Workloads => ["silo", "api", "redis"];

    [Fact]
    public void Objects_AreOfAKnownKindWithANameOfTheirOwn()
    {
        Dictionary<string, string> known = new()
        {
            ["Namespace"] = "v1",
            ["ConfigMap"] = "v1",
            ["Service"] = "v1",
            ["ServiceAccount"] = "v1",
            ["Role"] = "rbac.authorization.k8s.io/v1",
            ["RoleBinding"] = "rbac.authorization.k8s.io/v1",
            ["Deployment"] = "apps/v1",
            ["StatefulSet"] = "apps/v1",
            ["PodDisruptionBudget"] = "policy/v1",
            ["HorizontalPodAutoscaler"] = "autoscaling/v2",
            ["NetworkPolicy"] = "networking.k8s.io/v1",
            ["Ingress"] = "networking.k8s.io/v1",
        };
        Assert.All(Objects, one => Assert.Equal(known[one["kind"].Text], one["apiVersion"].Text));
        Assert.Distinct(Objects.Select(static one => $"{one["kind"].Text}/{NameOf(one)}"));
        Assert.All(
            Objects.Where(static one => one["kind"].Text != "Namespace"),
            static one => Assert.Equal("flowgpt", one.At("metadata", "labels", "app.kubernetes.io/part-of").Text)
        );
    }

    [Fact]
    public void Kustomization_NamesEveryFile()
    {
        var files = Directory.GetFiles(Repository.PathOf(Folder), "*.yaml").Select(Path.GetFileName);

        Assert.Equal(files.Order(), Kustomization["resources"].Texts.Concat(["kustomization.yaml", "secret.example.yaml"]).Order());
        Assert.Equal(Repository.Read("deploy/redis/redis.conf"), Repository.Read($"{Folder}/redis.conf"));
        Assert.All(Kustomization["images"].Items, static image => Assert.Matches(@"^\d+\.\d+\.\d+$", image["newTag"].Text));
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Workload_SelectsItsOwnPods(string name)
    {
        var workload = Workload(name);

        AssertSelects(workload.At("spec", "selector", "matchLabels"), name);
        Assert.All(
            Objects.Where(one => one["kind"].Text is "PodDisruptionBudget" && NameOf(one) == name),
            one => AssertSelects(one.At("spec", "selector", "matchLabels"), name)
        );
        Assert.All(
            Objects.Where(one => one["kind"].Text is "NetworkPolicy" && NameOf(one) == name),
            one => AssertSelects(one.At("spec", "podSelector", "matchLabels"), name)
        );
        Assert.All(
            Objects.Where(one => one["kind"].Text is "Service" && NameOf(one) == name),
            one => AssertSelects(one.At("spec", "selector"), name)
        );
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Workload_IsHardened(string name)
    {
        var container = Container(name);
        var security = container["securityContext"];

        Assert.True(Pod(name).At("securityContext", "runAsNonRoot").IsTrue);
        Assert.NotEqual("0", Pod(name).At("securityContext", "runAsUser").Text);
        Assert.Equal("RuntimeDefault", Pod(name).At("securityContext", "seccompProfile", "type").Text);
        Assert.True(security["readOnlyRootFilesystem"].IsTrue);
        Assert.True(security["allowPrivilegeEscalation"].IsFalse);
        Assert.Equal(["ALL"], security.At("capabilities", "drop").Texts);
        Assert.True(ImageName.IsPinned(container["image"].Text), container["image"].Text);
        Assert.True(container.At("resources", "requests", "cpu").Exists && container.At("resources", "requests", "memory").Exists);
        Assert.True(container.At("resources", "limits", "memory").Exists);
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("api")]
    public void Workload_IsWatchedWhereItAnswers(string name)
    {
        var container = Container(name);

        Assert.Equal("/health/ready", container.At("readinessProbe", "httpGet", "path").Text);
        Assert.Equal("/health/ready", container.At("startupProbe", "httpGet", "path").Text);
        Assert.Equal("/health/live", container.At("livenessProbe", "httpGet", "path").Text);
        Assert.All(
            ["readinessProbe", "startupProbe", "livenessProbe"],
            probe => Assert.Contains(container.At(probe, "httpGet", "port").Text, PortsOf(name).Keys)
        );
        Assert.Equal("http://+:8080", Configuration["ASPNETCORE_URLS"].Text);
        Assert.Equal("8080", PortsOf(name)["http"]);
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("api")]
    public void Rollout_LosesNoProcessAndLeavesItTimeToStop(string name)
    {
        Assert.Equal("0", Workload(name).At("spec", "strategy", "rollingUpdate", "maxUnavailable").Text);
        var sleep = Container(name).At("lifecycle", "preStop", "sleep", "seconds");
        var needed = new SiloOptions().ShutdownTimeout + TimeSpan.FromSeconds(sleep.Exists ? Number(sleep) : 0);
        Assert.True(TimeSpan.FromSeconds(Number(Pod(name)["terminationGracePeriodSeconds"])) > needed);
        Assert.True(name == "silo" || sleep.Exists, "The service must have forgotten the pod before it stops listening.");
        Assert.Single(Objects, one => one["kind"].Text == "PodDisruptionBudget" && NameOf(one) == name);
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("api")]
    public void Environment_IsWhatTheProductReads(string name)
    {
        var shortNames = UserSetting.All.Select(static setting => setting.Name).ToHashSet();
        var ofOrleans = new HashSet<string> { "POD_NAME", "POD_NAMESPACE", "POD_IP", "ORLEANS_SERVICE_ID", "ORLEANS_CLUSTER_ID" };
        var full = new Dictionary<string, string?>();
        foreach (var variable in Container(name)["env"].Items)
        {
            var key = variable["name"].Text;
            if (key.Contains("__", StringComparison.Ordinal))
            {
                full[key.Replace("__", ":", StringComparison.Ordinal)] = variable["value"].Exists ? variable["value"].Text : "10.0.0.1";
            }
            else
            {
                Assert.True(shortNames.Contains(key) || ofOrleans.Contains(key), key);
            }
        }

        foreach (var key in Configuration.Keys.Where(key => !shortNames.Contains(key)))
        {
            Assert.Contains("__", key, StringComparison.Ordinal);
            full[key.Replace("__", ":", StringComparison.Ordinal)] = Configuration[key].Text;
        }

        var problems = new List<string>();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(full).Build();
        OptionsCheck.AddProblems(configuration, SiloOptions.Section, typeof(SiloOptions), problems);
        OptionsCheck.AddProblems(configuration, FrontendOptions.Section, typeof(FrontendOptions), problems);
        Assert.Empty(problems);
        Assert.All(full.Keys, static key => Assert.Matches($"^({SiloOptions.Section}|{FrontendOptions.Section}):", key));
    }

    [Fact]
    public void Silo_HasWhatOrleansAsksOfAPod()
    {
        var defaults = new SiloOptions();
        var labels = Workload("silo").At("spec", "template", "metadata", "labels");
        var names = Container("silo")["env"].Items.Select(static variable => variable["name"].Text);

        Assert.Equal(defaults.ServiceId, labels["orleans/serviceId"].Text);
        Assert.Equal(defaults.ClusterId, labels["orleans/clusterId"].Text);
        Assert.Superset(
            new HashSet<string>
            {
                "POD_NAME",
                "POD_NAMESPACE",
                "POD_IP",
                "ORLEANS_SERVICE_ID",
                "ORLEANS_CLUSTER_ID",
                "FlowGpt__Silo__Kubernetes",
            },
            names.ToHashSet()
        );
        Assert.Equal($"{defaults.SiloPort}", PortsOf("silo")["silo"]);
        Assert.Equal($"{defaults.GatewayPort}", PortsOf("silo")["gateway"]);
        var account = Pod("silo")["serviceAccountName"].Text;
        var binding = Find("RoleBinding", "silo-pods");
        Assert.Equal(account, binding["subjects"].Items.Single()["name"].Text);
        Assert.Equal(account, NameOf(Find("ServiceAccount", account)));
        var rule = Find("Role", binding.At("roleRef", "name").Text)["rules"].Items.Single();
        Assert.Equal(["pods"], rule["resources"].Texts);
        Assert.Superset(new HashSet<string> { "get", "list", "watch" }, rule["verbs"].Texts.ToHashSet());
    }

    [Fact]
    public void References_Resolve()
    {
        foreach (var name in (string[])["silo", "api"])
        {
            foreach (var source in Container(name)["envFrom"].Items)
            {
                Find("ConfigMap", source.At("configMapRef", "name").Text);
            }

            foreach (
                var reference in Container(name)["env"]
                    .Items.Select(static one => one.At("valueFrom", "secretKeyRef"))
                    .Where(static one => one.Exists)
            )
            {
                Assert.Equal(NameOf(Secret), reference["name"].Text);
                Assert.True(reference["optional"].IsTrue || Secret["stringData"].Keys.Contains(reference["key"].Text), reference.Place);
            }

            var volumes = Pod(name)["volumes"].Items.Select(static volume => volume["name"].Text).ToHashSet();
            Assert.All(Container(name)["volumeMounts"].Items, mount => Assert.Contains(mount["name"].Text, volumes));
        }

        var scaled = Find("HorizontalPodAutoscaler", "api");
        Assert.Equal(
            "api",
            NameOf(Find(scaled.At("spec", "scaleTargetRef", "kind").Text, scaled.At("spec", "scaleTargetRef", "name").Text))
        );
        Assert.True(Number(scaled.At("spec", "minReplicas")) >= 2);
        Assert.False(Workload("api").At("spec", "replicas").Exists, "A fixed number would undo the autoscaler's at every apply.");
        Assert.Equal($"{NameOf(Find("Service", "redis"))}:6379", Configuration["REDIS_CONNECTION"].Text);
        Assert.StartsWith(
            Container("silo")["volumeMounts"].Items.First()["mountPath"].Text,
            Configuration["FLOWGPT_ACCOUNTS_FILE"].Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void NetworkPolicies_NamePortsThatExist()
    {
        foreach (var policy in Objects.Where(static one => one["kind"].Text == "NetworkPolicy"))
        {
            var ports = policy
                .At("spec", "ingress")
                .Items.SelectMany(static rule => rule["ports"].Items)
                .Select(static port => port["port"].Text);
            Assert.All(ports, port => Assert.Contains(port, PortsOf(NameOf(policy)).Keys));
        }
    }

    [Fact]
    public void NetworkPolicies_DenyWhatTheyDoNotName()
    {
        var deny = Find("NetworkPolicy", "default-deny");
        Assert.Empty(deny.At("spec", "podSelector").Keys);
        Assert.Equal(["Ingress", "Egress"], deny.At("spec", "policyTypes").Texts);
        Assert.False(deny.At("spec", "ingress").Exists || deny.At("spec", "egress").Exists);

        // Redis makes no connections, API processes none to an upstream.
        Assert.False(Find("NetworkPolicy", "redis").At("spec", "egress").Exists);
        Assert.All(Find("NetworkPolicy", "api").At("spec", "egress").Items, static rule => Assert.NotEmpty(rule["to"].Items));
        string[] known = [.. new[] { "silo", "api", "redis" }.SelectMany(static one => PortsOf(one).Values), "53", "443", "6443"];
        Assert.All(
            Objects.Where(static one => one["kind"].Text == "NetworkPolicy").SelectMany(static one => one.At("spec", "egress").Items),
            rule => Assert.All(rule["ports"].Items, port => Assert.Contains(port["port"].Text, known))
        );
    }

    [Fact]
    public void Redis_HasThePasswordThatTheProductHas()
    {
        var variable = Assert.Single(Container("redis")["env"].Items).At("valueFrom", "secretKeyRef", "key").Text;
        Assert.Equal("REDIS_PASSWORD", variable);
        Assert.Equal(["--requirepass", "$(REDISCLI_AUTH)"], Container("redis")["args"].Texts.TakeLast(2));
        Assert.All(
            (string[])["silo", "api"],
            name => Assert.Contains(Container(name)["env"].Items, variable => variable["name"].Text == "REDIS_PASSWORD")
        );
    }

    [Fact]
    public void Ingress_HasACertificateForItsHost()
    {
        var ingress = Find("Ingress", "api");

        Assert.Equal(
            Assert.Single(ingress.At("spec", "rules").Items)["host"].Text,
            Assert.Single(Assert.Single(ingress.At("spec", "tls").Items)["hosts"].Texts)
        );
    }

    [Fact]
    public void Secrets_AreNotReal() =>
        Assert.All(Secret["stringData"].Entries, static entry => Assert.Contains("replace-me", entry.Value.Text, StringComparison.Ordinal));

    private static YamlValue Configuration => Find("ConfigMap", "flowgpt-configuration")["data"];

    private static YamlValue Find(string kind, string name) =>
        Assert.Single(Objects, one => one["kind"].Text == kind && NameOf(one) == name);

    private static YamlValue Workload(string name) =>
        Assert.Single(Objects, one => one["kind"].Text is "Deployment" or "StatefulSet" && NameOf(one) == name);

    private static YamlValue Pod(string name) => Workload(name).At("spec", "template", "spec");

    private static YamlValue Container(string name) => Assert.Single(Pod(name)["containers"].Items);

    private static Dictionary<string, string> PortsOf(string name) =>
        Container(name)["ports"].Items.ToDictionary(static port => port["name"].Text, static port => port["containerPort"].Text);

    private static string NameOf(YamlValue one) => one.At("metadata", "name").Text;

    private static int Number(YamlValue value) => int.Parse(value.Text, System.Globalization.CultureInfo.InvariantCulture);

    private static void AssertSelects(YamlValue selector, string name)
    {
        var labels = Workload(name).At("spec", "template", "metadata", "labels");
        Assert.NotEmpty(selector.Keys);
        Assert.All(selector.Entries, entry => Assert.Equal(entry.Value.Text, labels[entry.Key].Text));
        Assert.Equal(name, selector["app.kubernetes.io/name"].Text);
    }
}

namespace FlowGpt.Tests.Browser;

/// <summary>All tests of the dashboard share one running product and one browser.</summary>
[CollectionDefinition(nameof(OneProduct))]
public sealed class OneProduct : ICollectionFixture<ServedDashboard>;

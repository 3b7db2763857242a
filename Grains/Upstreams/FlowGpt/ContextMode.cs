namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>How earlier turns reach the service.</summary>
public enum ContextMode
{
    /// <summary>Through <c>/conversation/create</c>, once; later turns of the same upstream conversation send only the new question.</summary>
    Conversation,

    /// <summary>In <c>history</c> and <c>system</c> of every request.</summary>
    History,
}

// The operations of the service, from the schemas of the SDK: written by `npm run generate:model`.

import type { OperationModel } from './shape.ts';

export type OperationName =
  | 'AssociateChannelFlow'
  | 'BatchCreateChannelMembership'
  | 'ChannelFlowCallback'
  | 'CreateChannel'
  | 'CreateChannelBan'
  | 'CreateChannelFlow'
  | 'CreateChannelMembership'
  | 'CreateChannelModerator'
  | 'DeleteChannel'
  | 'DeleteChannelBan'
  | 'DeleteChannelFlow'
  | 'DeleteChannelMembership'
  | 'DeleteChannelMessage'
  | 'DeleteChannelModerator'
  | 'DescribeChannel'
  | 'DescribeChannelBan'
  | 'DescribeChannelFlow'
  | 'DescribeChannelMembership'
  | 'DescribeChannelMembershipForAppInstanceUser'
  | 'DescribeChannelModeratedByAppInstanceUser'
  | 'DescribeChannelModerator'
  | 'DisassociateChannelFlow'
  | 'GetChannelMembershipPreferences'
  | 'GetChannelMessage'
  | 'GetChannelMessageStatus'
  | 'GetMessagingSessionEndpoint'
  | 'ListChannelBans'
  | 'ListChannelFlows'
  | 'ListChannelMemberships'
  | 'ListChannelMembershipsForAppInstanceUser'
  | 'ListChannelMessages'
  | 'ListChannelModerators'
  | 'ListChannels'
  | 'ListChannelsAssociatedWithChannelFlow'
  | 'ListChannelsModeratedByAppInstanceUser'
  | 'ListSubChannels'
  | 'ListTagsForResource'
  | 'PutChannelExpirationSettings'
  | 'PutChannelMembershipPreferences'
  | 'RedactChannelMessage'
  | 'SearchChannels'
  | 'SendChannelMessage'
  | 'TagResource'
  | 'UntagResource'
  | 'UpdateChannel'
  | 'UpdateChannelFlow'
  | 'UpdateChannelMessage'
  | 'UpdateChannelReadMarker';

export const operations: Readonly<Record<OperationName, OperationModel>> = {
  AssociateChannelFlow: {
    method: 'PUT',
    path: '/channels/{ChannelArn}/channel-flow',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      ChannelFlowArn: { shape: 'string', required: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
    },
  },
  BatchCreateChannelMembership: {
    method: 'POST',
    path: '/channels/{ChannelArn}/memberships?operation=batch-create',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      MemberArns: { shape: { list: 'string' }, required: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      Type: { shape: 'string' },
      SubChannelId: { shape: 'string' },
    },
  },
  ChannelFlowCallback: {
    method: 'POST',
    path: '/channels/{ChannelArn}?operation=channel-flow-callback',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      ChannelMessage: {
        shape: {
          structure: {
            MessageId: { shape: 'string', required: true },
            Content: { shape: 'string' },
            Metadata: { shape: 'string' },
            PushNotification: {
              shape: {
                structure: { Title: { shape: 'string' }, Body: { shape: 'string' }, Type: { shape: 'string' } },
              },
            },
            MessageAttributes: { shape: { map: { structure: { StringValues: { shape: { list: 'string' } } } } } },
            SubChannelId: { shape: 'string' },
            ContentType: { shape: 'string' },
          },
        },
        required: true,
      },
      CallbackId: { shape: 'string' },
      DeleteResource: { shape: 'boolean' },
    },
  },
  CreateChannel: {
    method: 'POST',
    path: '/channels',
    status: 201,
    input: {
      AppInstanceArn: { shape: 'string', required: true },
      Name: { shape: 'string', required: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      Mode: { shape: 'string' },
      Privacy: { shape: 'string' },
      Metadata: { shape: 'string' },
      ClientRequestToken: { shape: 'string' },
      Tags: {
        shape: {
          list: { structure: { Key: { shape: 'string', required: true }, Value: { shape: 'string', required: true } } },
        },
      },
      ChannelId: { shape: 'string' },
      MemberArns: { shape: { list: 'string' } },
      ModeratorArns: { shape: { list: 'string' } },
      ElasticChannelConfiguration: {
        shape: {
          structure: {
            MaximumSubChannels: { shape: 'number', required: true },
            TargetMembershipsPerSubChannel: { shape: 'number', required: true },
            MinimumMembershipPercentage: { shape: 'number', required: true },
          },
        },
      },
      ExpirationSettings: {
        shape: {
          structure: {
            ExpirationDays: { shape: 'number', required: true },
            ExpirationCriterion: { shape: 'string', required: true },
          },
        },
      },
    },
  },
  CreateChannelBan: {
    method: 'POST',
    path: '/channels/{ChannelArn}/bans',
    status: 201,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      MemberArn: { shape: 'string', required: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
    },
  },
  CreateChannelFlow: {
    method: 'POST',
    path: '/channel-flows',
    status: 201,
    input: {
      AppInstanceArn: { shape: 'string', required: true },
      Processors: {
        shape: {
          list: {
            structure: {
              Name: { shape: 'string', required: true },
              Configuration: {
                shape: {
                  structure: {
                    Lambda: {
                      shape: {
                        structure: {
                          ResourceArn: { shape: 'string', required: true },
                          InvocationType: { shape: 'string', required: true },
                        },
                      },
                      required: true,
                    },
                  },
                },
                required: true,
              },
              ExecutionOrder: { shape: 'number', required: true },
              FallbackAction: { shape: 'string', required: true },
            },
          },
        },
        required: true,
      },
      Name: { shape: 'string', required: true },
      Tags: {
        shape: {
          list: { structure: { Key: { shape: 'string', required: true }, Value: { shape: 'string', required: true } } },
        },
      },
      ClientRequestToken: { shape: 'string' },
    },
  },
  CreateChannelMembership: {
    method: 'POST',
    path: '/channels/{ChannelArn}/memberships',
    status: 201,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      MemberArn: { shape: 'string', required: true },
      Type: { shape: 'string', required: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      SubChannelId: { shape: 'string' },
    },
  },
  CreateChannelModerator: {
    method: 'POST',
    path: '/channels/{ChannelArn}/moderators',
    status: 201,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      ChannelModeratorArn: { shape: 'string', required: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
    },
  },
  DeleteChannel: {
    method: 'DELETE',
    path: '/channels/{ChannelArn}',
    status: 204,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
    },
  },
  DeleteChannelBan: {
    method: 'DELETE',
    path: '/channels/{ChannelArn}/bans/{MemberArn}',
    status: 204,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      MemberArn: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
    },
  },
  DeleteChannelFlow: {
    method: 'DELETE',
    path: '/channel-flows/{ChannelFlowArn}',
    status: 204,
    input: { ChannelFlowArn: { shape: 'string', required: true, label: true } },
  },
  DeleteChannelMembership: {
    method: 'DELETE',
    path: '/channels/{ChannelArn}/memberships/{MemberArn}',
    status: 204,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      MemberArn: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      SubChannelId: { shape: 'string', query: 'sub-channel-id' },
    },
  },
  DeleteChannelMessage: {
    method: 'DELETE',
    path: '/channels/{ChannelArn}/messages/{MessageId}',
    status: 204,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      MessageId: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      SubChannelId: { shape: 'string', query: 'sub-channel-id' },
    },
  },
  DeleteChannelModerator: {
    method: 'DELETE',
    path: '/channels/{ChannelArn}/moderators/{ChannelModeratorArn}',
    status: 204,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      ChannelModeratorArn: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
    },
  },
  DescribeChannel: {
    method: 'GET',
    path: '/channels/{ChannelArn}',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
    },
  },
  DescribeChannelBan: {
    method: 'GET',
    path: '/channels/{ChannelArn}/bans/{MemberArn}',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      MemberArn: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
    },
  },
  DescribeChannelFlow: {
    method: 'GET',
    path: '/channel-flows/{ChannelFlowArn}',
    status: 200,
    input: { ChannelFlowArn: { shape: 'string', required: true, label: true } },
  },
  DescribeChannelMembership: {
    method: 'GET',
    path: '/channels/{ChannelArn}/memberships/{MemberArn}',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      MemberArn: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      SubChannelId: { shape: 'string', query: 'sub-channel-id' },
    },
  },
  DescribeChannelMembershipForAppInstanceUser: {
    method: 'GET',
    path: '/channels/{ChannelArn}?scope=app-instance-user-membership',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      AppInstanceUserArn: { shape: 'string', required: true, query: 'app-instance-user-arn' },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
    },
  },
  DescribeChannelModeratedByAppInstanceUser: {
    method: 'GET',
    path: '/channels/{ChannelArn}?scope=app-instance-user-moderated-channel',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      AppInstanceUserArn: { shape: 'string', required: true, query: 'app-instance-user-arn' },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
    },
  },
  DescribeChannelModerator: {
    method: 'GET',
    path: '/channels/{ChannelArn}/moderators/{ChannelModeratorArn}',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      ChannelModeratorArn: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
    },
  },
  DisassociateChannelFlow: {
    method: 'DELETE',
    path: '/channels/{ChannelArn}/channel-flow/{ChannelFlowArn}',
    status: 204,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      ChannelFlowArn: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
    },
  },
  GetChannelMembershipPreferences: {
    method: 'GET',
    path: '/channels/{ChannelArn}/memberships/{MemberArn}/preferences',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      MemberArn: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
    },
  },
  GetChannelMessage: {
    method: 'GET',
    path: '/channels/{ChannelArn}/messages/{MessageId}',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      MessageId: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      SubChannelId: { shape: 'string', query: 'sub-channel-id' },
    },
  },
  GetChannelMessageStatus: {
    method: 'GET',
    path: '/channels/{ChannelArn}/messages/{MessageId}?scope=message-status',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      MessageId: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      SubChannelId: { shape: 'string', query: 'sub-channel-id' },
    },
  },
  GetMessagingSessionEndpoint: {
    method: 'GET',
    path: '/endpoints/messaging-session',
    status: 200,
    input: { NetworkType: { shape: 'string', query: 'network-type' } },
  },
  ListChannelBans: {
    method: 'GET',
    path: '/channels/{ChannelArn}/bans',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      MaxResults: { shape: 'number', query: 'max-results' },
      NextToken: { shape: 'string', query: 'next-token' },
    },
  },
  ListChannelFlows: {
    method: 'GET',
    path: '/channel-flows',
    status: 200,
    input: {
      AppInstanceArn: { shape: 'string', required: true, query: 'app-instance-arn' },
      MaxResults: { shape: 'number', query: 'max-results' },
      NextToken: { shape: 'string', query: 'next-token' },
    },
  },
  ListChannelMemberships: {
    method: 'GET',
    path: '/channels/{ChannelArn}/memberships',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      Type: { shape: 'string', query: 'type' },
      MaxResults: { shape: 'number', query: 'max-results' },
      NextToken: { shape: 'string', query: 'next-token' },
      SubChannelId: { shape: 'string', query: 'sub-channel-id' },
    },
  },
  ListChannelMembershipsForAppInstanceUser: {
    method: 'GET',
    path: '/channels?scope=app-instance-user-memberships',
    status: 200,
    input: {
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      AppInstanceUserArn: { shape: 'string', query: 'app-instance-user-arn' },
      MaxResults: { shape: 'number', query: 'max-results' },
      NextToken: { shape: 'string', query: 'next-token' },
    },
  },
  ListChannelMessages: {
    method: 'GET',
    path: '/channels/{ChannelArn}/messages',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      SortOrder: { shape: 'string', query: 'sort-order' },
      NotBefore: { shape: 'timestamp', query: 'not-before' },
      NotAfter: { shape: 'timestamp', query: 'not-after' },
      MaxResults: { shape: 'number', query: 'max-results' },
      NextToken: { shape: 'string', query: 'next-token' },
      SubChannelId: { shape: 'string', query: 'sub-channel-id' },
    },
  },
  ListChannelModerators: {
    method: 'GET',
    path: '/channels/{ChannelArn}/moderators',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      MaxResults: { shape: 'number', query: 'max-results' },
      NextToken: { shape: 'string', query: 'next-token' },
    },
  },
  ListChannels: {
    method: 'GET',
    path: '/channels',
    status: 200,
    input: {
      AppInstanceArn: { shape: 'string', required: true, query: 'app-instance-arn' },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      Privacy: { shape: 'string', query: 'privacy' },
      MaxResults: { shape: 'number', query: 'max-results' },
      NextToken: { shape: 'string', query: 'next-token' },
    },
  },
  ListChannelsAssociatedWithChannelFlow: {
    method: 'GET',
    path: '/channels?scope=channel-flow-associations',
    status: 200,
    input: {
      ChannelFlowArn: { shape: 'string', required: true, query: 'channel-flow-arn' },
      MaxResults: { shape: 'number', query: 'max-results' },
      NextToken: { shape: 'string', query: 'next-token' },
    },
  },
  ListChannelsModeratedByAppInstanceUser: {
    method: 'GET',
    path: '/channels?scope=app-instance-user-moderated-channels',
    status: 200,
    input: {
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      AppInstanceUserArn: { shape: 'string', query: 'app-instance-user-arn' },
      MaxResults: { shape: 'number', query: 'max-results' },
      NextToken: { shape: 'string', query: 'next-token' },
    },
  },
  ListSubChannels: {
    method: 'GET',
    path: '/channels/{ChannelArn}/subchannels',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      MaxResults: { shape: 'number', query: 'max-results' },
      NextToken: { shape: 'string', query: 'next-token' },
    },
  },
  ListTagsForResource: {
    method: 'GET',
    path: '/tags',
    status: 200,
    input: { ResourceARN: { shape: 'string', required: true, query: 'arn' } },
  },
  PutChannelExpirationSettings: {
    method: 'PUT',
    path: '/channels/{ChannelArn}/expiration-settings',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', header: 'x-amz-chime-bearer' },
      ExpirationSettings: {
        shape: {
          structure: {
            ExpirationDays: { shape: 'number', required: true },
            ExpirationCriterion: { shape: 'string', required: true },
          },
        },
      },
    },
  },
  PutChannelMembershipPreferences: {
    method: 'PUT',
    path: '/channels/{ChannelArn}/memberships/{MemberArn}/preferences',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      MemberArn: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      Preferences: {
        shape: {
          structure: {
            PushNotifications: {
              shape: {
                structure: { AllowNotifications: { shape: 'string', required: true }, FilterRule: { shape: 'string' } },
              },
            },
          },
        },
        required: true,
      },
    },
  },
  RedactChannelMessage: {
    method: 'POST',
    path: '/channels/{ChannelArn}/messages/{MessageId}?operation=redact',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      MessageId: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      SubChannelId: { shape: 'string' },
    },
  },
  SearchChannels: {
    method: 'POST',
    path: '/channels?operation=search',
    status: 200,
    input: {
      Fields: {
        shape: {
          list: {
            structure: {
              Key: { shape: 'string', required: true },
              Values: { shape: { list: 'string' }, required: true },
              Operator: { shape: 'string', required: true },
            },
          },
        },
        required: true,
      },
      ChimeBearer: { shape: 'string', header: 'x-amz-chime-bearer' },
      MaxResults: { shape: 'number', query: 'max-results' },
      NextToken: { shape: 'string', query: 'next-token' },
    },
  },
  SendChannelMessage: {
    method: 'POST',
    path: '/channels/{ChannelArn}/messages',
    status: 201,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      Content: { shape: 'string', required: true },
      Type: { shape: 'string', required: true },
      Persistence: { shape: 'string', required: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      Metadata: { shape: 'string' },
      ClientRequestToken: { shape: 'string' },
      PushNotification: {
        shape: { structure: { Title: { shape: 'string' }, Body: { shape: 'string' }, Type: { shape: 'string' } } },
      },
      MessageAttributes: { shape: { map: { structure: { StringValues: { shape: { list: 'string' } } } } } },
      SubChannelId: { shape: 'string' },
      ContentType: { shape: 'string' },
      Target: { shape: { list: { structure: { MemberArn: { shape: 'string' } } } } },
    },
  },
  TagResource: {
    method: 'POST',
    path: '/tags?operation=tag-resource',
    status: 204,
    input: {
      ResourceARN: { shape: 'string', required: true },
      Tags: {
        shape: {
          list: { structure: { Key: { shape: 'string', required: true }, Value: { shape: 'string', required: true } } },
        },
        required: true,
      },
    },
  },
  UntagResource: {
    method: 'POST',
    path: '/tags?operation=untag-resource',
    status: 204,
    input: { ResourceARN: { shape: 'string', required: true }, TagKeys: { shape: { list: 'string' }, required: true } },
  },
  UpdateChannel: {
    method: 'PUT',
    path: '/channels/{ChannelArn}',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      Name: { shape: 'string' },
      Mode: { shape: 'string' },
      Metadata: { shape: 'string' },
    },
  },
  UpdateChannelFlow: {
    method: 'PUT',
    path: '/channel-flows/{ChannelFlowArn}',
    status: 200,
    input: {
      ChannelFlowArn: { shape: 'string', required: true, label: true },
      Processors: {
        shape: {
          list: {
            structure: {
              Name: { shape: 'string', required: true },
              Configuration: {
                shape: {
                  structure: {
                    Lambda: {
                      shape: {
                        structure: {
                          ResourceArn: { shape: 'string', required: true },
                          InvocationType: { shape: 'string', required: true },
                        },
                      },
                      required: true,
                    },
                  },
                },
                required: true,
              },
              ExecutionOrder: { shape: 'number', required: true },
              FallbackAction: { shape: 'string', required: true },
            },
          },
        },
        required: true,
      },
      Name: { shape: 'string', required: true },
    },
  },
  UpdateChannelMessage: {
    method: 'PUT',
    path: '/channels/{ChannelArn}/messages/{MessageId}',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      MessageId: { shape: 'string', required: true, label: true },
      Content: { shape: 'string', required: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
      Metadata: { shape: 'string' },
      SubChannelId: { shape: 'string' },
      ContentType: { shape: 'string' },
    },
  },
  UpdateChannelReadMarker: {
    method: 'PUT',
    path: '/channels/{ChannelArn}/readMarker',
    status: 200,
    input: {
      ChannelArn: { shape: 'string', required: true, label: true },
      ChimeBearer: { shape: 'string', required: true, header: 'x-amz-chime-bearer' },
    },
  },
};
